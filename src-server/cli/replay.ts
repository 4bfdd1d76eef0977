import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = { ...PLANE_FLAGS, at: { type: 'string' } } as const;
type PlaneValues = ReturnType<typeof parse<typeof FLAGS>>['values'];

/** `replay --at SEQ`: the workspace as it was right after an entry. `replay decision ID`: a decision, made again. */
export async function replay(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  if (positionals[0] === 'decision') return decision(positionals[1], values, printer);
  if (values.at === undefined || positionals.length > 0)
    throw new ExitError(EXIT.usage, 'replay takes --at SEQ, or decision ID.');
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

/** Ends with 1 when something else comes out today. */
async function decision(id: string | undefined, values: PlaneValues, printer: Printer): Promise<number> {
  if (id === undefined)
    throw new ExitError(EXIT.usage, 'replay decision takes the id of a decision: dec_…, or D-<entry>.');
  const found = await new PlaneClient(await findPlane(values)).call('replayDecision', { params: { decision_id: id } });
  if (values.json === true) printer.json(found);
  else {
    printer.line(`${found.recorded.label}, ${found.recorded.at}: ${found.recorded.sentence}`);
    printer.line(found.sentence);
    for (const difference of found.differences) printer.line(`  ${difference}`);
  }
  return found.same ? EXIT.ok : EXIT.failed;
}
