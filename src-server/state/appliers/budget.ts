import type { EventBodies, OpenedWindow } from '../../contract/events.ts';
import type { Database } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';
import { lengthen } from './job.ts';

const HOLD = `INSERT INTO use_by_scope(scope, held_mcu, spent_mcu, day_mcu, week_mcu, month_mcu) VALUES (?,?,0,0,0,0)
  ON CONFLICT(scope) DO UPDATE SET held_mcu = held_mcu + excluded.held_mcu`;
const SETTLE = `UPDATE use_by_scope SET held_mcu = held_mcu - ?, spent_mcu = spent_mcu + ?, day_mcu = day_mcu + ?, week_mcu = week_mcu + ?,
  month_mcu = month_mcu + ? WHERE scope = ?`;

export const budgetAppliers = {
  'budget.held': (db: Database, body: EventBodies['budget.held']): void => db.run(HOLD, [body.scope, body.mcu]),
  'budget.settled'(db: Database, body: EventBodies['budget.settled']): void {
    const { held_mcu: held, debited_mcu: debited, scope } = body;
    db.run(SETTLE, [held, debited, debited, debited, debited, scope]);
  },
  'budget.limits_changed'(db: Database, body: EventBodies['budget.limits_changed'], ctx: ApplyContext): void {
    const { seq, at, actor } = ctx.entry;
    db.run('INSERT INTO budget(version, body, seq, at, by) VALUES (?,?,?,?,?)', [
      body.version,
      JSON.stringify(body),
      seq,
      at,
      actor.id,
    ]);
    // Under new limits every mark is to be reached anew.
    db.run('DELETE FROM budget_warning');
  },
  'budget.windows_opened': (db: Database, body: EventBodies['budget.windows_opened']): void =>
    openWindows(db, body.windows),
  'time.jumped': (db: Database, body: EventBodies['time.jumped']): void => openWindows(db, body.windows ?? []),
  'budget.warned': (db: Database, body: EventBodies['budget.warned']): void =>
    db.run('INSERT OR IGNORE INTO budget_warning(scope, window, percent) VALUES (?,?,?)', [
      body.scope,
      body.window,
      body.percent,
    ]),
  'budget.refused': (db: Database, _body: EventBodies['budget.refused'], ctx: ApplyContext): void => lengthen(db, ctx),
};

const FRESH = {
  day: 'UPDATE use_by_scope SET day_mcu = 0',
  week: 'UPDATE use_by_scope SET week_mcu = 0',
  month: 'UPDATE use_by_scope SET month_mcu = 0',
} as const;

/** What was debited in a window that is over counts no more against its limits. */
function openWindows(db: Database, windows: readonly OpenedWindow[]): void {
  for (const { window } of windows) {
    db.run(FRESH[window]);
    db.run('DELETE FROM budget_warning WHERE window = ?', [window]);
  }
}
