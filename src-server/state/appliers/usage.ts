import type { EventBodies } from '../../contract/events.ts';
import type { Database, SqlValue } from '../database.ts';
import type { ApplyContext } from '../entry-view.ts';

const WALLET = 'INSERT INTO wallet(seq, kind, mcu, balance_mcu, lease_id, reason, at, by) VALUES (?,?,?,?,?,?,?,?)';
const wallet = (db: Database, ctx: ApplyContext, kind: string, values: SqlValue[]): void => {
  const { seq, at, actor } = ctx.entry;
  db.run(WALLET, [seq, kind, ...values, at, actor.id]);
};
const setMeter = (db: Database, leaseId: string, meter: string): void =>
  db.run('UPDATE usage SET meter = ? WHERE lease_id = ?', [meter, leaseId]);

export const usageAppliers = {
  'usage.recorded': (db: Database, body: EventBodies['usage.recorded'], ctx: ApplyContext): void =>
    db.run(
      'INSERT INTO usage(seq, lease_id, job_id, wu_id, compute_class, runtime_ms, mcu, usd_micros, at, meter) VALUES (?,?,?,?,?,?,?,?,?,?)',
      [
        ctx.entry.seq,
        body.lease_id,
        body.job_id,
        body.wu_id,
        body.compute_class,
        body.runtime_ms,
        body.mcu,
        body.usd_micros,
        ctx.entry.at,
        body.meter ? 'pending' : 'off',
      ],
    ),
  'usage.wallet_debited': (db: Database, body: EventBodies['usage.wallet_debited'], ctx: ApplyContext): void =>
    wallet(db, ctx, 'debit', [body.mcu, body.balance_mcu, body.lease_id, null]),
  'usage.wallet_topped_up': (db: Database, body: EventBodies['usage.wallet_topped_up'], ctx: ApplyContext): void =>
    wallet(db, ctx, 'top_up', [body.mcu, body.balance_mcu, null, body.reason]),
  'usage.meter_sent': (db: Database, body: EventBodies['usage.meter_sent']): void =>
    setMeter(db, body.lease_id, 'sent'),
  'usage.meter_dead': (db: Database, body: EventBodies['usage.meter_dead']): void =>
    setMeter(db, body.lease_id, 'dead'),
};
