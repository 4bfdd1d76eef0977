import { readFileSync } from 'node:fs';
import { WHAT_IF_LAST_MAX } from '../contract/limits.ts';
import type { Policy, PolicyDiff } from '../contract/policy.ts';
import { overrideText } from '../domain/routing/policy-changes.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = {
  ...PLANE_FLAGS,
  reason: { type: 'string' },
  last: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
} as const;
const USAGE =
  'policy takes show [VERSION], versions, diff FILE, diff VERSION VERSION, publish FILE, rollback VERSION or simulate FILE.';
/** Versions that a list shows. */
const VERSIONS_MAX = 200;

interface Call {
  client: PlaneClient;
  printer: Printer;
  json: boolean;
  reason: string | undefined;
}

/** `policy …`: show, versions, diff, publish, rollback, simulate. */
export async function policy(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, subject, other] = positionals;
  const client = new PlaneClient(await findPlane(values));
  const call: Call = { client, printer, json: values.json ?? false, reason: values.reason };
  if (verb === 'show') return show(call, subject);
  if (verb === 'versions') return versions(call);
  if (subject === undefined) throw new ExitError(EXIT.usage, USAGE);
  if (verb === 'diff') return diff(call, subject, other);
  if (verb === 'publish') return publish(call, readRule(subject));
  if (verb === 'rollback') return rollBack(call, numberOf(subject));
  if (verb === 'simulate') return simulate(call, subject, values);
  throw new ExitError(EXIT.usage, USAGE);
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new ExitError(EXIT.usage, `A version is a whole number, not ${text}.`);
  return Number(text);
}

/** A policy as a file or stdin (`-`) has it; fields that belong to a published version are left out. */
function readRule(file: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new ExitError(EXIT.input, `${file} holds no policy: ${(error as Error).message}`);
  }
  if (parsed === null || typeof parsed !== 'object' || Array.isArray(parsed))
    throw new ExitError(EXIT.input, `${file} holds no policy: it must be one JSON object.`);
  const {
    version: _,
    published_at: __,
    published_by: ___,
    reason: ____,
    rolls_back_to: _____,
    ...rule
  } = parsed as Record<string, unknown>;
  return rule;
}

async function find(client: PlaneClient, version: number): Promise<Policy> {
  for (let cursor = ''; ; ) {
    const query: Record<string, string> = { limit: String(VERSIONS_MAX) };
    if (cursor !== '') query.cursor = cursor;
    const page = await client.call('policyVersions', { query });
    const found = page.items.find((item) => item.version === version);
    if (found !== undefined) return found;
    if (page.next_cursor === null) throw new ExitError(EXIT.input, `There is no version ${version} of the policy.`);
    cursor = page.next_cursor;
  }
}

async function show({ client, printer, json }: Call, version: string | undefined): Promise<number> {
  const found = version === undefined ? await client.call('policy', {}) : await find(client, numberOf(version));
  if (json) {
    printer.json(found);
    return EXIT.ok;
  }
  const refuse = found.refuse_after_ms === null ? 'never' : `after ${found.refuse_after_ms} ms in the queue`;
  const lines = [
    ['version', `${found.version}, ${found.published_at} by ${found.published_by}`],
    ['mode', found.mode],
    ['fallback', `${found.fallback.mode} after ${found.fallback.after_ms} ms`],
    ['refuse', refuse],
    ['fair share', found.fair_share ? 'on' : 'off'],
    ['four eyes', found.four_eyes ? 'on' : 'off'],
    ...found.overrides.map((override, n) => [`override ${n + 1}`, overrideText(override)]),
    ...(found.rolls_back_to === null ? [] : [['rolls back to', String(found.rolls_back_to)]]),
    ...(found.reason === null ? [] : [['reason', found.reason]]),
  ];
  for (const line of table(lines)) printer.line(line);
  return EXIT.ok;
}

async function versions({ client, printer, json }: Call): Promise<number> {
  const found = await client.call('policyVersions', { query: { limit: String(VERSIONS_MAX) } });
  if (json) printer.json(found);
  else
    for (const line of table(
      found.items.map((v) => [String(v.version), v.published_at, v.published_by, v.mode, v.reason ?? '']),
    ))
      printer.line(line);
  return EXIT.ok;
}

function printDiff({ printer, json }: Call, found: PolicyDiff): number {
  if (json) printer.json(found);
  else if (found.changes.length === 0) printer.line('Nothing differs.');
  else for (const { sentence } of found.changes) printer.line(sentence);
  return EXIT.ok;
}

/** Two versions, or a draft in a file against the policy in force. */
async function diff(call: Call, from: string, to: string | undefined): Promise<number> {
  if (to === undefined) {
    const { base_version: _, ...draft } = readRule(from);
    return printDiff(call, await call.client.call('policyDraftDiff', { body: draft }));
  }
  const query = { from: String(numberOf(from)), to: String(numberOf(to)) };
  return printDiff(call, await call.client.call('policyDiff', { query }));
}

/** Publishes a file; one without `base_version` is based on the version in force. */
async function publish(call: Call, rule: Record<string, unknown>): Promise<number> {
  const base = rule.base_version ?? (await call.client.call('policy', {})).version;
  const reason = call.reason === undefined ? {} : { reason: call.reason };
  const made = await call.client.call('policyPut', { body: { ...rule, base_version: base, ...reason } });
  if (call.json) call.printer.json(made);
  else call.printer.line(`Version ${made.version} is in force.`);
  return EXIT.ok;
}

/** Publishes the content of an earlier version as a new one. */
async function rollBack(call: Call, version: number): Promise<number> {
  const { mode, fallback, refuse_after_ms, overrides, fair_share, four_eyes } = await find(call.client, version);
  return publish(call, {
    mode,
    fallback,
    refuse_after_ms,
    overrides,
    fair_share,
    four_eyes,
    rolls_back_to: version,
  });
}

/**
 * What a draft would have done: a file with a policy, or with `policy`, `limits` and `labels` as the route takes them.
 * Looks at the last 500 decisions, at `--last N`, or at a range.
 */
async function simulate(
  { client, printer, json }: Call,
  file: string,
  values: { last?: string; from?: string; to?: string },
): Promise<number> {
  const { base_version: _, ...read } = readRule(file);
  const isWhole = 'policy' in read || 'limits' in read || 'labels' in read;
  const { last, from, to } = values;
  const body = {
    ...(isWhole ? read : { policy: read }),
    ...(last === undefined ? {} : { last: wholeNumber('last', last, 1, WHAT_IF_LAST_MAX, 1) }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  const answer = await client.call('policySimulate', { body });
  if (json) {
    printer.json(answer);
    return EXIT.ok;
  }
  if (answer.not_enough_history !== null) printer.line(answer.not_enough_history);
  printer.line(
    `${answer.changed} of ${answer.considered} jobs would have gone elsewhere, ${answer.new_refusals} newly refused.`,
  );
  const columns = ['byoc', 'managed', 'refused', 'held', 'waiting', 'canceled', 'wait_ms', 'cost_mcu'] as const;
  const lines = [
    ['', 'before', 'after'],
    ...columns.map((c) => [c, String(answer.before[c]), String(answer.after[c])]),
  ];
  for (const line of table(lines)) printer.line(line);
  for (const { job_id, from: was, to: would, because } of answer.moves)
    printer.line(`${job_id}: ${was} → ${would}, because ${because}.`);
  for (const assumption of answer.assumptions) printer.line(assumption);
  return EXIT.ok;
}
