import { resolve } from 'node:path';
import { LIST_LIMIT_MAX } from '../contract/limits.ts';
import { fingerprint } from '../contract/primitives.ts';
import { fileSource } from '../ledger/bundle/file-source.ts';
import { type Verdict, verifyBundle } from '../ledger/bundle/verify/verify-bundle.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { defaultDataDir } from './data-dir.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { exportReadable } from './export-readable.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  job: { type: 'string' },
  wu: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  all: { type: 'boolean' },
  out: { type: 'string' },
  key: { type: 'string' },
  limit: { type: 'string' },
  'read-only': { type: 'boolean' },
} as const;
type Values = ReturnType<typeof parse<typeof FLAGS>>['values'];

/** `evidence list|show|proof|checkpoint|export|verify`. `verify` needs no control plane and trusts nothing but the fingerprint it is given. */
export async function evidence(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, file] = positionals;
  if (verb === 'export') return exportTo(values, printer);
  if (verb === 'verify') return verify(file, values, printer);
  if (verb === 'list') return list(values, printer);
  if (verb === 'show') return show(file, values, printer);
  if (verb === 'proof') return proof(file, values, printer);
  if (verb === 'checkpoint') return checkpoint(values, printer);
  throw new ExitError(
    EXIT.usage,
    'evidence takes list, show SEQ, proof SEQ, checkpoint, export --out FILE or verify FILE --key SHA256:…',
  );
}

async function list(values: Values, printer: Printer): Promise<number> {
  const query = {
    limit: String(wholeNumber('limit', values.limit, 1, LIST_LIMIT_MAX, 50)),
    ...(values.job === undefined ? {} : { job_id: values.job }),
    ...(values.from === undefined
      ? {}
      : { from: String(wholeNumber('from', values.from, 0, Number.MAX_SAFE_INTEGER, 0)) }),
  };
  const found = await new PlaneClient(await findPlane(values)).call('evidence', { query });
  if (values.json === true) printer.json(found);
  else
    for (const line of table(found.items.map((e) => [String(e.seq), e.at, e.actor.id, e.types.join(', ')])))
      printer.line(line);
  return EXIT.ok;
}

function seqOf(verb: string, text: string | undefined): { seq: string } {
  if (text === undefined || !/^\d{1,15}$/.test(text))
    throw new ExitError(EXIT.usage, `evidence ${verb} takes the sequence of an entry.`);
  return { seq: text };
}

/** Prints the exact bytes that were signed, so that they can be hashed again. */
async function show(seq: string | undefined, values: Values, printer: Printer): Promise<number> {
  const params = seqOf('show', seq);
  const found = await new PlaneClient(await findPlane(values)).call('evidenceItem', { params });
  if (values.json === true) printer.json(found);
  else printer.line(found.line);
  return EXIT.ok;
}

async function proof(seq: string | undefined, values: Values, printer: Printer): Promise<number> {
  const params = seqOf('proof', seq);
  printer.json(await new PlaneClient(await findPlane(values)).call('evidenceProof', { params }));
  return EXIT.ok;
}

async function checkpoint(values: Values, printer: Printer): Promise<number> {
  const note = await new PlaneClient(await findPlane(values)).text('evidenceCheckpoint');
  if (values.json === true) printer.json({ checkpoint: note });
  else printer.raw(note);
  return EXIT.ok;
}

/** One of the four, never none: an export of everything has to be meant. */
function selectionOf(values: Values): Record<string, unknown> {
  const chosen: Record<string, unknown>[] = [
    ...(values.job === undefined ? [] : [{ job_id: values.job }]),
    ...(values.wu === undefined ? [] : [{ wu_id: values.wu }]),
    ...(values.from === undefined && values.to === undefined
      ? []
      : [
          {
            from: wholeNumber('from', values.from, 0, Number.MAX_SAFE_INTEGER, 0),
            to: wholeNumber('to', values.to, 0, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
          },
        ]),
    ...(values.all === true ? [{ all: true }] : []),
  ];
  const [only] = chosen;
  if (only === undefined || chosen.length > 1)
    throw new ExitError(EXIT.usage, 'Choose one of --job ID, --wu ID, --from N --to N, --all.');
  return only;
}

async function exportTo(values: Values, printer: Printer): Promise<number> {
  const { out } = values;
  if (out === undefined) throw new ExitError(EXIT.usage, 'Say where the bundle goes: --out FILE');
  const body = selectionOf(values);
  if (values['read-only'] === true) return exportUnserved(values, body, out, printer);
  const client = new PlaneClient(await findPlane(values));
  const sizeBytes = await client.download('evidenceExport', { body }, out);
  const session = await client.call('session', {});
  const key = session.plane.fingerprint;
  if (values.json === true) printer.json({ file: out, size_bytes: sizeBytes, key });
  else {
    printer.line(`${out}, ${sizeBytes} bytes.`);
    printer.line(`Verify it: connected-compute evidence verify ${out} --key ${key}`);
  }
  return EXIT.ok;
}

/** From the files alone, also of a damaged log. */
async function exportUnserved(
  values: Values,
  selection: Record<string, unknown>,
  out: string,
  printer: Printer,
): Promise<number> {
  const dataDir = resolve(values['data-dir'] ?? defaultDataDir());
  const { sizeBytes, key, because } = await exportReadable(dataDir, selection, out);
  if (values.json === true) printer.json({ file: out, size_bytes: sizeBytes, key, because });
  else {
    printer.line(`${out}, ${sizeBytes} bytes. ${because} Nothing was changed.`);
    printer.line(`Verify it: connected-compute evidence verify ${out} --key ${key}`);
  }
  return EXIT.ok;
}

async function verify(file: string | undefined, values: Values, printer: Printer): Promise<number> {
  const { key } = values;
  if (file === undefined || key === undefined || !fingerprint.safeParse(key).success)
    throw new ExitError(EXIT.usage, 'evidence verify needs a file and --key with a fingerprint like SHA256:…');
  const { exitCode, checks } = verifyFile(file, key);
  if (values.json === true) printer.json({ intact: exitCode === 0, exit_code: exitCode, checks });
  else {
    for (const { id, passed, detail } of checks)
      printer.line(`${passed ? '✓' : '✗'} ${id}: ${detail.replace(/\.?$/, '.')}`);
    printer.line(exitCode === 0 ? 'Verified: nothing was changed.' : 'Not verified.');
  }
  return exitCode;
}

function verifyFile(file: string, key: string): Verdict {
  try {
    const source = fileSource(file);
    try {
      return verifyBundle(source, key);
    } finally {
      source.close();
    }
  } catch (error) {
    const detail = `${file} cannot be read: ${(error as Error).message}`;
    return { exitCode: 2, checks: [{ id: 'tar', passed: false, detail }] };
  }
}
