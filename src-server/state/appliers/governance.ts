import type { EventBodies, PolicyBody } from '../../contract/events.ts';
import { overrideFor } from '../../contract/override-match.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { JOB } from '../schema.ts';
import { FALLBACK, seqOf } from './job.ts';

const OPEN = "IN ('queued', 'held', 'claimed', 'running')";

/** Buckets whose jobs prefer the other side under the new version. */
function bucketsThatTurn(db: Database, before: PolicyBody, after: PolicyBody): number[] {
  const firstUnder = (policy: PolicyBody, computeClass: string, labels: [string, string][]): string => {
    const override = policy.overrides[overrideFor(policy.overrides, computeClass, labels)];
    return (override?.mode ?? policy.mode).startsWith('byoc') ? 'byoc' : 'managed';
  };
  const turned: number[] = [];
  for (const [bucket, signature] of db.all('SELECT bucket, signature FROM bucket')) {
    const [computeClass, labels] = JSON.parse(String(signature)) as [string, [string, string][]];
    if (firstUnder(before, computeClass, labels) !== firstUnder(after, computeClass, labels))
      turned.push(Number(bucket));
  }
  return turned;
}

export const governanceAppliers = {
  'policy.published'(db: Database, body: EventBodies['policy.published'], ctx: ApplyContext): void {
    const before = db.get('SELECT body FROM policy ORDER BY version DESC LIMIT 1');
    // What time opened has to be earned again under the new rule; an operator's word speaks of one side only.
    db.run(`UPDATE job SET fallback = ${FALLBACK.closed} WHERE state ${OPEN} AND fallback = ${FALLBACK.open}`);
    const turned = before === undefined ? [] : bucketsThatTurn(db, JSON.parse(String(before[0])) as PolicyBody, body);
    if (turned.length > 0)
      db.run(
        `UPDATE job SET fallback = ${FALLBACK.closed} WHERE state ${OPEN} AND fallback <> ${FALLBACK.closed}
           AND bucket IN (SELECT value FROM json_each(?))`,
        [JSON.stringify(turned)],
      );
    db.run('INSERT INTO policy(version, body, seq, at, by) VALUES (?,?,?,?,?)', [
      body.version,
      JSON.stringify(body),
      ctx.entry.seq,
      ctx.entry.at,
      ctx.entry.actor.id,
    ]);
  },
  'policy.decided'(db: Database, body: EventBodies['policy.decided'], ctx: ApplyContext): void {
    ctx.decision = { sentence: body.sentence, seq: ctx.entry.seq };
    if (body.bucket !== undefined) {
      db.run(
        'UPDATE bucket SET outcome = ?, answer_key = ?, sentence = ?, decision_id = ?, decision_seq = ?, decided_plane_ms = ? WHERE bucket = ?',
        [body.outcome, body.answer_key ?? '', body.sentence, body.decision_id, ctx.entry.seq, ctx.planeMs, body.bucket],
      );
    } else if (body.outcome !== 'assigned' && body.job_id !== null) {
      const { seq } = ctx.entry;
      db.rows(JOB).change(seqOf(ctx), { why: body.sentence, decision_seq: seq, last_seq: seq });
    }
  },
};
