import { beforeEach, describe, expect, test } from 'vitest';
import { PlaneProblem, PlaneUnreachable, RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { PlaneRequest } from './plane-client.ts';
import { settle } from './settle.ts';
import { FakeClock } from './testing/fake-clock.ts';

let clock: FakeClock;
let sent: PlaneRequest[];
let answers: (Error | null)[];
let abort: AbortController;
const problem = (status: number, code: string, retryable: boolean) =>
  new PlaneProblem(status, code, `${code}.`, retryable, null, {});

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  answers = [];
  abort = new AbortController();
});
const start = () =>
  settle(
    { leaseId: 'lse_1', fence: 41 },
    'complete',
    { fence: 41 },
    {
      clock,
      chance: { fraction: () => 0.5 },
      signal: abort.signal,
      send: async (request) => {
        sent.push(request);
        const error = answers.shift();
        if (error) throw error;
        return { status: 200, headers: {}, json: {} };
      },
    },
  );

describe('a settlement', () => {
  test('is sent with the same key until the plane has it', async () => {
    answers = [new PlaneUnreachable('cut'), problem(503, 'plane.stopping', true), problem(507, 'storage.full', true)];
    const settled = start();
    await clock.advance(60_000);
    expect(await settled).toEqual({ kind: 'recorded', detail: '' });
    expect(sent.map(({ headers }) => headers?.['idempotency-key'])).toEqual(Array(4).fill('lse_1.41.complete'));
  });

  test('that comes too late is told, not repeated', async () => {
    answers = [problem(409, 'conflict.lease_superseded', false)];
    expect(await start()).toEqual({ kind: 'superseded', detail: 'conflict.lease_superseded.' });
  });

  test('that the plane will not have is told with its reason', async () => {
    answers = [problem(422, 'field.invalid', false)];
    expect(await start()).toMatchObject({ kind: 'refused' });
  });

  test('is given up after hours without a plane, or when told to stop', async () => {
    answers = Array(20_000).fill(new PlaneUnreachable('ECONNREFUSED'));
    const settled = start();
    await clock.advance(1_000);
    abort.abort();
    await clock.settle();
    expect(await settled).toMatchObject({ kind: 'given_up' });
  });

  test('ends with the session', async () => {
    answers = [new RunnerError(EXIT.notPermitted, 'revoked')];
    await expect(start()).rejects.toMatchObject({ exitCode: 77 });
  });
});
