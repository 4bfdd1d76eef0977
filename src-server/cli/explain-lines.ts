import type { DecisionRecord, Explain, RuleResult } from '../contract/decision.ts';
import type { Job } from '../contract/job.ts';
import { table } from './printer.ts';
import { unblockLines } from './unblock-lines.ts';

/** For a job that waits: what would become of it if it were decided now, and what would place it. */
export function nowLines(job: Job, found: Explain): string[] {
  const asks = askLine(job, found);
  const rows = found.candidates.map((c) => [`  ${c.name}`, c.verdict, failedWords(c.rules)]);
  return [
    ...(asks === null ? [] : [asks]),
    `Policy v${found.policy_version}, ${counted(found.total, 'candidate')}, ${found.eligible} eligible.`,
    ...table(rows),
    ...unblockLines(found),
  ];
}

/** A source that would get the job has only to ask for it; null for a job that lacks more. */
export function askLine(job: Job, { outcome, candidates }: Explain): string | null {
  const chosen = candidates.find(({ verdict }) => verdict === 'chosen');
  if (job.state !== 'queued' || outcome !== 'assigned' || chosen === undefined) return null;
  return `Nothing has to change: ${chosen.name} gets it as soon as its runner asks for work.`;
}

/** For a job that was placed: its decision as it was recorded. What counted then may have changed since. */
export function recordLines(job: Job, record: DecisionRecord | undefined): string[] {
  if (record === undefined) return [];
  const { label, at, policy_version: version, candidates } = record;
  const total = candidates.reduce((sum, { count }) => sum + count, 0);
  const rows = candidates.map((c) => [
    `  ${c.count === 1 ? (nameIn(job, c.source_ids[0]) ?? 'a source') : `${c.count} sources`}`,
    c.verdict,
    failedWords(c.rules),
  ]);
  return [`Decided as ${label} at ${at} under policy v${version}, ${counted(total, 'candidate')}.`, ...table(rows)];
}

/** The name of a source as far as the job tells it, else its id. */
const nameIn = (job: Job, sourceId: string | undefined): string | undefined =>
  job.attempts.find((attempt) => attempt.source_id === sourceId)?.source_name ?? sourceId;
const failedWords = (rules: readonly RuleResult[]): string =>
  rules
    .filter(({ pass }) => !pass)
    .map(({ rule, detail }) => `${rule}${detail === '' ? '' : ` (${detail})`}`)
    .join(', ');
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
