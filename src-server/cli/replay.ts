import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = { ...PLANE_FLAGS, at: { type: 'string' } } as const;

/** `replay --at SEQ`: the workspace as it was right after an entry. */
export async function replay(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  if (values.at === undefined || positionals.length > 0) throw new ExitError(EXIT.usage, 'replay takes --at SEQ.');
  const at = String(wholeNumber('at', values.at, 0, Number.MAX_SAFE_INTEGER, 0));
  const found = await new PlaneClient(await findPlane(values)).call('replay', { query: { at } });
  if (values.json === true) {
    printer.json(found);
    return EXIT.ok;
  }
  printer.line(`The workspace after entry ${found.at_seq}, at ${found.at}. Read-only.`);
  const rows = [
    ...(found.sources?.items ?? []).map((s) => ['source', s.name, s.state, `${s.in_use} of ${s.capacity} slots`]),
    ...(found.leases?.items ?? [])
      .filter((l) => l.state === 'active')
      .map((l) => ['lease', l.lease_id, l.source_name, `fence ${l.fence}, ${l.title}`]),
    ...(found.jobs?.items ?? []).map((j) => ['job', j.job_id, j.state, j.title]),
  ];
  for (const line of table(rows)) printer.line(line);
  return EXIT.ok;
}
