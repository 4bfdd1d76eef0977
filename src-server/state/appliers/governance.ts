import type { EventBodies } from '../../contract/events.ts';
import type { PolicyMode } from '../../contract/terms.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { FALLBACK } from './job.ts';

export const governanceAppliers = {
  'policy.published'(db: Database, body: EventBodies['policy.published'], ctx: ApplyContext): void {
    const before = db.get('SELECT body FROM policy ORDER BY version DESC LIMIT 1');
    const modeBefore = before === undefined ? body.mode : (JSON.parse(String(before[0])) as { mode: PolicyMode }).mode;
    const isOtherSide = modeBefore.startsWith('byoc') !== body.mode.startsWith('byoc');
    // What time opened has to be earned again under the new rule; an operator's word speaks of one side only.
    db.run(
      `UPDATE job SET fallback = ${FALLBACK.closed} WHERE state IN ('queued', 'held', 'claimed', 'running') AND fallback ${
        isOtherSide ? `<> ${FALLBACK.closed}` : `= ${FALLBACK.open}`
      }`,
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
      db.run('UPDATE job SET why = ?, decision_seq = ?, last_seq = ? WHERE job_id = ?', [
        body.sentence,
        ctx.entry.seq,
        ctx.entry.seq,
        body.job_id,
      ]);
    }
  },
};
