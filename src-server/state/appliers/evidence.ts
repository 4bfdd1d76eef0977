import type { EventBodies } from '../../contract/events.ts';
import { CHECKPOINTS_KEPT } from '../../contract/limits.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';

export const evidenceAppliers = {
  'checkpoint.signed'(db: Database, body: EventBodies['checkpoint.signed'], ctx: ApplyContext): void {
    db.run('INSERT INTO checkpoint(size, seq, at, note, cosignatures) VALUES (?,?,?,?,?)', [
      body.size,
      ctx.entry.seq,
      ctx.entry.at,
      body.note,
      '[]',
    ]);
    // The newest that a witness signed stays, however many follow it.
    db.run(
      `DELETE FROM checkpoint WHERE size <= (SELECT size FROM checkpoint ORDER BY size DESC LIMIT 1 OFFSET ?)
         AND size <> (SELECT coalesce(max(size), -1) FROM checkpoint WHERE cosignatures <> '[]')`,
      [CHECKPOINTS_KEPT],
    );
  },
  'witness.cosigned'(db: Database, body: EventBodies['witness.cosigned']): void {
    db.run(`UPDATE checkpoint SET cosignatures = json_insert(cosignatures, '$[#]', ?) WHERE size = ?`, [
      body.cosignature,
      body.size,
    ]);
  },
};
