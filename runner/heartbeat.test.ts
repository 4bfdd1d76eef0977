import { beforeEach, describe, expect, test } from 'vitest';
import type { Posture } from '../src-server/contract/source.ts';
import { newPrivateKeyPem, publicKeyOf, readPrivateKey, verifyMessage } from './ed25519.ts';
import { PlaneUnreachable, RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { Heartbeat } from './heartbeat.ts';
import { HeldLease } from './held-lease.ts';
import { HeldLeases } from './held-leases.ts';
import type { PlaneRequest } from './plane-client.ts';
import type { Session } from './session.ts';
import { FakeClock } from './testing/fake-clock.ts';
import { LinePrinter } from './testing/harness.ts';

interface Beat {
  atMonoMs: number;
  renew?: { nonce: string; proof: string };
  posture?: Posture;
}
const key = readPrivateKey(newPrivateKeyPem());
let clock: FakeClock;
let beats: Beat[];
let tokens: string[];
let tokenSinceMonoMs: number;
let failWith: () => Error | null;
let printer: LinePrinter;
let fatal: unknown;
let leases: HeldLeases;
let posture: Posture;
let heartbeat: Heartbeat;

beforeEach(() => {
  clock = new FakeClock();
  beats = [];
  tokens = [];
  tokenSinceMonoMs = clock.now().monoMs;
  failWith = () => null;
  printer = new LinePrinter();
  fatal = null;
  posture = { files: 'confined', network: ['none'] };
  const session = {
    grant: { heartbeat_interval_ms: 15_000 },
    identity: { sessionId: 'ses_1', privateKey: key },
    capacity: 1,
    tokenAgeMs: () => clock.now().monoMs - tokenSinceMonoMs,
    adoptToken: (token: string) => {
      tokens.push(token);
      tokenSinceMonoMs = clock.now().monoMs;
    },
    send: async ({ json }: PlaneRequest) => {
      const { renew, posture: told } = json as Beat;
      beats.push({ atMonoMs: clock.now().monoMs, renew, posture: told });
      const error = failWith();
      if (error) throw error;
      const session_token = renew ? `ccs_${beats.length}` : undefined;
      return {
        status: 200,
        headers: {},
        json: {
          next_heartbeat_ms: 15_000,
          nonce: `n${beats.length}`,
          session_token,
          leases: [],
          source: { state: 'online' },
        },
      };
    },
  } as unknown as Session;
  leases = new HeldLeases(clock);
  heartbeat = new Heartbeat({
    session,
    leases,
    clock,
    chance: { fraction: () => 0.5 },
    printer,
    onSource: () => undefined,
    posture: () => posture,
    onFatal: (error) => {
      fatal = error;
    },
  });
  heartbeat.start();
});

describe('the heartbeat', () => {
  test('tells a changed posture until it was heard, and no longer', async () => {
    await clock.advance(30_000);
    expect(beats.filter((beat) => beat.posture !== undefined)).toEqual([]);
    posture = { files: 'none', network: [] };
    let losses = 0;
    failWith = () => (losses++ === 0 ? new PlaneUnreachable('cut') : null);
    await clock.advance(60_000);
    expect(beats.flatMap((beat) => beat.posture ?? [])).toEqual([posture, posture]);
  });

  test('beats when idle, each a little before the time the plane named', async () => {
    await clock.advance(60_000);
    const gaps = beats.slice(1).map((beat, i) => beat.atMonoMs - (beats[i] as Beat).atMonoMs);
    expect(gaps.length).toBeGreaterThanOrEqual(4);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(15_000);
  });

  test('renews the token every five minutes by a proof over the last nonce', async () => {
    await clock.advance(620_000);
    const renewals = beats.filter(({ renew }) => renew !== undefined);
    expect(renewals).toHaveLength(2);
    expect(tokens).toHaveLength(2);
    const { nonce = '', proof = '' } = renewals[0]?.renew ?? {};
    expect(verifyMessage(publicKeyOf(key), `connected-compute/session/v1\nses_1\n${nonce}`, proof)).toBe(true);
  });

  test('goes without renewal after a lost answer, then renews with a new nonce', async () => {
    await clock.advance(299_000);
    let losses = 0;
    failWith = () => (losses++ === 0 && beats.at(-1)?.renew ? new PlaneUnreachable('cut') : null);
    await clock.advance(60_000);
    const at = beats.findIndex(({ renew }) => renew !== undefined);
    expect(beats[at + 1]?.renew).toBeUndefined();
    const nonces = beats.flatMap(({ renew }) => renew?.nonce ?? []);
    expect(new Set(nonces).size).toBe(nonces.length);
    expect(tokens.length).toBeGreaterThan(0);
  });

  test('tries again soon while nobody answers, and tells both ends of it once', async () => {
    failWith = () => new PlaneUnreachable('ECONNREFUSED');
    await clock.advance(60_000);
    expect(beats.length).toBeGreaterThan(8);
    failWith = () => null;
    await clock.advance(20_000);
    expect(printer.warnings).toHaveLength(1);
    expect(printer.lines).toEqual([expect.stringMatching(/^The plane answers again after \d:\d\d\.$/)]);
  });

  test('lives through eight hours without a network, asks on without haste, and then renews its token', async () => {
    await clock.advance(20_000);
    failWith = () => new PlaneUnreachable('ENETUNREACH');
    const before = beats.length;
    await clock.advance(8 * 3_600_000);
    expect(fatal).toBeNull();
    const tries = beats.length - before;
    expect(tries).toBeGreaterThan(8 * 60);
    expect(tries).toBeLessThan(8 * 3_600);
    const known = tokens.length;
    failWith = () => null;
    await clock.advance(60_000);
    expect(tokens.length).toBe(known + 1);
    expect(printer.warnings).toHaveLength(1);
    expect(printer.lines).toHaveLength(1);
  });

  test('beats earlier for a shorter lease, and at once when asked', async () => {
    await clock.advance(1_000);
    heartbeat.within(2_000);
    await clock.advance(2_000);
    expect(beats).toHaveLength(2);
    heartbeat.now();
    await clock.advance(0);
    expect(beats).toHaveLength(3);
  });

  test('ends when the session is over', async () => {
    failWith = () => new RunnerError(EXIT.notPermitted, 'revoked');
    await clock.advance(20_000);
    const count = beats.length;
    await clock.advance(60_000);
    expect(fatal).toMatchObject({ exitCode: 77 });
    expect(beats).toHaveLength(count);
  });

  test('looks for a silent plane every 2 s at the latest while a lease is held, for its time runs', async () => {
    await clock.advance(0);
    const holder = { freeze() {}, thaw() {}, lost() {}, directed() {} };
    leases.add(new HeldLease('lse_1', 1, clock.now(), 60_000, clock, holder, () => undefined));
    failWith = () => new PlaneUnreachable('ECONNREFUSED');
    await clock.advance(44_000);
    const gaps = beats.slice(2).map(({ atMonoMs }, at) => atMonoMs - (beats[at + 1]?.atMonoMs ?? 0));
    expect(gaps.length).toBeGreaterThan(10);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(2_000);
  });

  test('stops when told to', async () => {
    await clock.advance(1_000);
    await heartbeat.stop();
    await clock.advance(60_000);
    expect(beats).toHaveLength(1);
  });
});
