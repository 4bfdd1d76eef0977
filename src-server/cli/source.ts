import { LIST_LIMIT_MAX } from '../contract/limits.ts';
import type { Source } from '../contract/source.ts';
import { SOURCE_KINDS } from '../contract/terms.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  reason: { type: 'string' },
  'deadline-ms': { type: 'string' },
  kind: { type: 'string' },
  capacity: { type: 'string' },
  label: { type: 'string', multiple: true },
} as const;

/** The longest page there is. */
const PAGE = String(LIST_LIMIT_MAX);

const switches = (s: Source): string =>
  [...(s.cordoned ? ['cordoned'] : []), ...(s.draining ? ['draining'] : []), ...(s.revoked ? ['revoked'] : [])].join(
    ', ',
  );
const lineOf = (s: Source): string[] => [
  s.source_id,
  s.name,
  s.kind,
  s.side,
  s.state,
  `${s.in_use} of ${s.capacity}`,
  s.compute_class ?? '–',
  switches(s),
];

/** `source …`: list, show, cordon, drain, resume, revoke, enroll. */
export async function source(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, subject] = positionals;
  const client = new PlaneClient(await findPlane(values));
  const print = (found: Source): number => {
    if (values.json) printer.json(found);
    else for (const line of table([lineOf(found)])) printer.line(line);
    return EXIT.ok;
  };
  const body = values.reason === undefined ? {} : { reason: values.reason };
  if (verb === 'list') return list(client, printer, values.json ?? false);
  if (subject === undefined)
    throw new ExitError(
      EXIT.usage,
      'source takes list, show ID, cordon ID, drain ID, resume ID, revoke ID or enroll NAME.',
    );
  const params = { source_id: subject };
  switch (verb) {
    case 'show':
      return print(await client.call('source', { params }));
    case 'cordon':
      return print(await client.call('sourceCordon', { params, body }));
    case 'resume':
      return print(await client.call('sourceResume', { params, body }));
    case 'revoke':
      return print(await client.call('sourceRevoke', { params, body }));
    case 'drain': {
      const deadline =
        values['deadline-ms'] === undefined
          ? {}
          : { deadline_ms: wholeNumber('deadline-ms', values['deadline-ms'], 0, 86_400_000, 0) };
      return print(await client.call('sourceDrain', { params, body: { ...body, ...deadline } }));
    }
    case 'enroll':
      return enroll(client, printer, subject, values);
    default:
      throw new ExitError(
        EXIT.usage,
        `source has no ${verb}. It takes list, show, cordon, drain, resume, revoke and enroll.`,
      );
  }
}

async function list(client: PlaneClient, printer: Printer, json: boolean): Promise<number> {
  const found = await client.call('sources', { query: { limit: PAGE } });
  for (let next = found.next_cursor; next !== null; ) {
    const more = await client.call('sources', { query: { limit: PAGE, cursor: next } });
    found.items.push(...more.items);
    next = more.next_cursor;
  }
  if (json) printer.json({ ...found, next_cursor: null });
  else if (found.items.length === 0)
    printer.line('No sources yet. Enroll one: connected-compute source enroll NAME --kind laptop');
  else for (const line of table(found.items.map(lineOf))) printer.line(line);
  return EXIT.ok;
}

function labelOf(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new ExitError(EXIT.usage, `--label takes name=value, not ${text}.`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function enroll(
  client: PlaneClient,
  printer: Printer,
  name: string,
  values: { kind?: string; capacity?: string; label?: string[]; json?: boolean },
): Promise<number> {
  const kind = values.kind ?? 'laptop';
  if (!(SOURCE_KINDS as readonly string[]).includes(kind))
    throw new ExitError(EXIT.usage, `--kind takes ${SOURCE_KINDS.join(', ')}.`);
  const labels = Object.fromEntries((values.label ?? []).map(labelOf));
  const made = await client.call('enrollmentCreate', {
    body: { name, kind, capacity: wholeNumber('capacity', values.capacity, 1, 1_000, 1), labels },
  });
  if (values.json) {
    printer.json(made);
    return EXIT.ok;
  }
  printer.line(`Runtime credential, shown once, works once, expires ${made.expires_at}:\n\n  ${made.credential}\n`);
  printer.line(`Connect (asks for the credential at a hidden prompt):\n\n${made.commands.bash.connect}\n`);
  printer.line(`Doctor:\n\n${made.commands.bash.doctor}\n`);
  printer.line(`Run once:\n\n${made.commands.bash.run}`);
  return EXIT.ok;
}
