import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MeterRefusal } from '../plane/metering/meter-outbox.ts';
import { readMeterConfig, StripeMeter } from './stripe-meter.ts';

/** A stand-in of Stripe's meter endpoint on loopback: it answers as told and remembers what came. */
let standIn: {
  server: Server;
  url: string;
  status: number;
  seen: { path: string; key: string; body: URLSearchParams }[];
};
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cc-meter-'));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = new URLSearchParams(Buffer.concat(chunks).toString());
      standIn.seen.push({ path: request.url ?? '', key: String(request.headers['idempotency-key']), body });
      const answer =
        standIn.status === 200
          ? { object: 'billing.meter_event' }
          : { error: { type: 'invalid_request_error', code: 'no_such' } };
      response.writeHead(standIn.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  standIn = { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, status: 200, seen: [] };
});
afterEach(() => {
  standIn.server.closeAllConnections();
  standIn.server.close();
  rmSync(folder, { recursive: true, force: true });
});

const SECRET = 'sk_test_not_a_real_key';
const open = () =>
  StripeMeter.open({
    stripe_secret_key: SECRET,
    event_name: 'compute_mcu',
    stripe_customer_id: 'cus_1',
    api_base: standIn.url,
  });
const EVENT = { identifier: 'lse_1', mcu: 1_500, atMs: Date.UTC(2026, 9, 14) };

describe('the meter, through its own library and a stand-in of its endpoint', () => {
  it('is told the use of a lease, under one key however often', async () => {
    const meter = await open();
    await meter.send(EVENT);
    await meter.send(EVENT);
    expect(standIn.seen.map((s) => [s.path, s.key])).toEqual(
      Array(2).fill(['/v1/billing/meter_events', 'usage-lse_1']),
    );
    expect(Object.fromEntries(standIn.seen[0]?.body ?? [])).toEqual({
      event_name: 'compute_mcu',
      identifier: 'lse_1',
      timestamp: String(EVENT.atMs / 1000),
      'payload[stripe_customer_id]': 'cus_1',
      'payload[value]': '1500',
    });
  });

  it.each([
    [400, true],
    [401, true],
    [409, false],
    [429, false],
    [500, false],
    [503, false],
  ])('that answers %i refuses for good: %s; the key is never told', async (status, isRefusal) => {
    standIn.status = status;
    const error = await (await open()).send(EVENT).then(
      () => null,
      (e: unknown) => e as Error,
    );
    expect(error instanceof MeterRefusal).toBe(isRefusal);
    expect(error?.message).not.toContain(SECRET);
  });

  it('that does not answer is tried again', async () => {
    const meter = await open();
    standIn.server.closeAllConnections();
    await new Promise((resolve) => standIn.server.close(resolve));
    await expect(meter.send(EVENT)).rejects.not.toBeInstanceOf(MeterRefusal);
  });
});

describe('metering.json', () => {
  const write = (text: string, mode = 0o600): string => {
    const file = join(folder, 'metering.json');
    writeFileSync(file, text);
    chmodSync(file, mode);
    return file;
  };
  const GOOD = JSON.stringify({ stripe_secret_key: SECRET, event_name: 'e', stripe_customer_id: 'c' });

  it('turns the meter on, and its absence leaves it off', () => {
    expect(readMeterConfig(join(folder, 'none.json'))).toBeNull();
    expect(readMeterConfig(write(GOOD))).toMatchObject({ event_name: 'e' });
  });

  it.each([
    ['that others can read', GOOD, 0o644, /chmod 600/],
    ['that is no JSON', `{"stripe_secret_key": "${SECRET}`, 0o600, /is not JSON/],
    ['without a customer', JSON.stringify({ stripe_secret_key: SECRET, event_name: 'e' }), 0o600, /stripe_customer_id/],
  ])('%s is refused without a word of what stands in it', (_, text, mode, says) => {
    const file = write(text, mode);
    expect(() => readMeterConfig(file)).toThrow(says);
    expect(() => readMeterConfig(file)).not.toThrow(new RegExp(SECRET));
  });
});
