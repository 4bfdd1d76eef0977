import { fingerprint } from '../contract/primitives.ts';
import { fileSource } from '../ledger/bundle/file-source.ts';
import { type Verdict, verifyBundle } from '../ledger/bundle/verify/verify-bundle.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import type { Printer } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  job: { type: 'string' },
  wu: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  all: { type: 'boolean' },
  out: { type: 'string' },
  key: { type: 'string' },
} as const;
type Values = ReturnType<typeof parse<typeof FLAGS>>['values'];

/** `evidence export|verify`. `verify` needs no control plane and trusts nothing but the fingerprint it is given. */
export async function evidence(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, file] = positionals;
  if (verb === 'export') return exportTo(values, printer);
  if (verb === 'verify') return verify(file, values, printer);
  throw new ExitError(EXIT.usage, 'evidence takes export --out FILE or verify FILE --key SHA256:…');
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

async function verify(file: string | undefined, values: Values, printer: Printer): Promise<number> {
  const { key } = values;
  if (file === undefined || key === undefined || !fingerprint.safeParse(key).success)
    throw new ExitError(EXIT.usage, 'evidence verify needs a file and --key with a fingerprint like SHA256:…');
  const { exitCode, checks } = verifyFile(file, key);
  if (values.json === true) printer.json({ intact: exitCode === 0, exit_code: exitCode, checks });
  else {
    for (const { id, passed, detail } of checks) printer.line(`${passed ? '✓' : '✗'} ${id}: ${detail}.`);
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
