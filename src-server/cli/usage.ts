import { LIST_LIMIT_MAX } from '../contract/limits.ts';
import { METERING_PREVIEW } from '../contract/usage.ts';
import { cuWords } from '../domain/budgets/words.ts';
import { PLANE_FLAGS, parse, wholeNumber } from './arguments.ts';
import { EXIT, ExitError } from './exit-codes.ts';
import { findPlane, PlaneClient } from './plane-client.ts';
import { type Printer, table } from './printer.ts';

const FLAGS = { ...PLANE_FLAGS, count: { type: 'string' }, reason: { type: 'string' } } as const;
const MCU_MAX = 1_000_000_000_000;

/** `usage list`: managed use, a metering preview. */
export async function usage(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  if (positionals[0] !== 'list') throw new ExitError(EXIT.usage, 'usage takes list.');
  const query = { limit: String(wholeNumber('count', values.count, 1, LIST_LIMIT_MAX, 50)) };
  const found = await new PlaneClient(await findPlane(values)).call('usage', { query });
  if (values.json) {
    printer.json(found);
    return EXIT.ok;
  }
  printer.line(METERING_PREVIEW);
  printer.line(`${found.totals.count} leases used ${cuWords(found.totals.mcu)}.`);
  const rows = found.items.map((u) => [u.at, u.wu_id, u.compute_class, cuWords(u.mcu), `meter ${u.meter}`, u.lease_id]);
  for (const line of table(rows)) printer.line(line);
  return EXIT.ok;
}

/** `wallet show | top-up MILLI-CU`: credits of the metering preview. */
export async function wallet(args: string[], printer: Printer): Promise<number> {
  const { values, positionals } = parse(args, FLAGS);
  const [verb, amount] = positionals;
  if (verb !== 'show' && (verb !== 'top-up' || amount === undefined))
    throw new ExitError(EXIT.usage, 'wallet takes show or top-up MILLI-CU [--reason TEXT].');
  const mcu = verb === 'top-up' ? wholeNumber('top-up', amount, 1, MCU_MAX, 1) : 0;
  const client = new PlaneClient(await findPlane(values));
  const reason = values.reason === undefined ? {} : { reason: values.reason };
  const found =
    verb === 'show' ? await client.call('wallet', {}) : await client.call('walletTopUp', { body: { mcu, ...reason } });
  if (values.json) {
    printer.json(found);
    return EXIT.ok;
  }
  const below = found.balance_mcu < 0 ? '-' : '';
  printer.line(METERING_PREVIEW);
  printer.line(`Balance ${below}${cuWords(Math.abs(found.balance_mcu))}`);
  const rows = found.items.map((e) => [e.at, e.kind, cuWords(e.mcu), e.by, e.lease_id ?? e.reason ?? '']);
  for (const line of table(rows)) printer.line(line);
  return EXIT.ok;
}
