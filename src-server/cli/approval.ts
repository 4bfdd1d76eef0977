import type { Approval, ApprovalDetail } from '../contract/approval.ts';
import { LIST_LIMIT_MAX } from '../contract/limits.ts';
import { PLANE_FLAGS, parse } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  reason: { type: 'string' },
  status: { type: 'string' },
  kind: { type: 'string' },
  digest: { type: 'string' },
} as const;

/** `approval …`: list, show, approve, reject. */
export async function approval(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, subject] = positionals;
  const json = values.json ?? false;
  const client = new PlaneClient(await findPlane(values));
  if (verb === 'list') {
    const query = {
      limit: String(LIST_LIMIT_MAX),
      ...(values.status === undefined ? {} : { status: values.status }),
      ...(values.kind === undefined ? {} : { kind: values.kind }),
    };
    const found = await client.call('approvals', { query });
    if (json) printer.json(found);
    else if (found.items.length === 0) printer.line('Nothing needs you. Jobs that need approval wait here.');
    else for (const line of table(found.items.map(lineOf))) printer.line(line);
    return EXIT.ok;
  }
  if (subject === undefined) throw new ExitError(EXIT.usage, 'approval takes list, show ID, approve ID or reject ID.');
  const params = { approval_id: subject };
  const body = {
    ...(values.reason === undefined ? {} : { reason: values.reason }),
    ...(values.digest === undefined ? {} : { digest: values.digest }),
  };
  switch (verb) {
    case 'show':
      return print(printer, json, await client.call('approval', { params }));
    case 'approve':
      return print(
        printer,
        json,
        await client.call('approvalDecide', { params, body: { ...body, decision: 'approved' } }),
      );
    case 'reject':
      return print(
        printer,
        json,
        await client.call('approvalDecide', { params, body: { ...body, decision: 'rejected' } }),
      );
    default:
      throw new ExitError(EXIT.usage, `approval has no ${verb}. It takes list, show, approve and reject.`);
  }
}

const lineOf = (a: Approval): string[] => [
  a.approval_id,
  a.kind,
  a.status,
  a.wu_id ?? '–',
  a.title ?? a.subject ?? '–',
  a.sentence,
];

const cu = (mcu: number): string => `${mcu % 1000 === 0 ? mcu / 1000 : (mcu / 1000).toFixed(3)} CU`;

/** What an approver looks at: what it is bound to, what follows from a yes, and what is different this time. */
function print(printer: Printer, json: boolean, found: ApprovalDetail): number {
  if (json) {
    printer.json(found);
    return EXIT.ok;
  }
  printer.line(`${found.approval_id} ${found.kind}, ${found.status}. ${found.sentence}`);
  if (found.wu_id !== null) printer.line(`${found.wu_id} ${found.title} (${found.job_id})`);
  if (found.digest !== null) printer.line(`Bound to ${found.digest}`);
  if (found.decided_by !== null)
    printer.line(`Decided by ${found.decided_by}${found.decision_reason === null ? '' : `: ${found.decision_reason}`}`);
  const { effects, previous } = found;
  if (effects !== null) {
    if (effects.command !== null) printer.line(`Runs: ${effects.command.argv.join(' ')}`);
    if (effects.secrets.length > 0) printer.line(`Secrets: ${effects.secrets.join(', ')}`);
    printer.line(`Network: ${effects.network}${effects.hosts.length === 0 ? '' : ` (${effects.hosts.join(', ')})`}`);
    printer.line(`Costs at most ${cu(effects.worst_cost_mcu)} an attempt.`);
    printer.line(
      `${effects.runs_on === null ? 'Would wait' : `Would run on ${effects.runs_on.name}`}: ${effects.sentence}`,
    );
  }
  if (previous !== null) {
    printer.line(previous.sentence);
    for (const { sentence } of previous.changes) printer.line(`  ${sentence}`);
  }
  if (found.four_eyes && found.status === 'pending') printer.line(`Four-eyes: not by ${found.not_by.join(' or ')}.`);
  return EXIT.ok;
}
