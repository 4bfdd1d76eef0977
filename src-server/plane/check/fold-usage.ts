import type { Folds } from './log-fold.ts';

/** Metered use and the wallet, told a second time. */
export const usageFolds = {
  'usage.recorded'(body, { world, fail, siblings }) {
    const lease = world.leases.get(body.lease_id);
    if (lease === undefined || lease.side !== 'managed' || !lease.isStarted)
      fail('I5', `${body.lease_id} is metered and never ran on the managed side`);
    if (world.usage.has(body.lease_id)) fail('I5', `${body.lease_id} is metered twice`);
    world.usage.set(body.lease_id, body.meter ? 'pending' : 'off');
    const debited = siblings('budget.settled')[0]?.debited_mcu ?? 0;
    if (body.mcu !== debited) fail('I16', `${body.lease_id} used ${body.mcu}, debited ${debited}`);
  },
  'usage.wallet_debited'(body, { world, fail, sibling }) {
    if (sibling('usage.recorded')?.lease_id !== body.lease_id || sibling('usage.recorded')?.mcu !== body.mcu)
      fail('I16', `the wallet gave ${body.mcu} for ${body.lease_id}, which did not use that`);
    world.walletMcu -= body.mcu;
    if (world.walletMcu !== body.balance_mcu) fail('I16', `the wallet has ${world.walletMcu}, not ${body.balance_mcu}`);
  },
  'usage.wallet_topped_up'(body, { world, fail }) {
    world.walletMcu += body.mcu;
    if (world.walletMcu !== body.balance_mcu) fail('I16', `the wallet has ${world.walletMcu}, not ${body.balance_mcu}`);
  },
  'usage.meter_sent'(body, { world, fail }) {
    if (world.usage.get(body.lease_id) !== 'pending') fail('I25', `${body.lease_id} was not waiting for the meter`);
    world.usage.set(body.lease_id, 'sent');
  },
  'usage.meter_dead'(body, { world, fail }) {
    if (world.usage.get(body.lease_id) !== 'pending') fail('I25', `${body.lease_id} was not waiting for the meter`);
    world.usage.set(body.lease_id, 'dead');
  },
} satisfies Folds;
