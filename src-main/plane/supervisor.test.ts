import { beforeEach, describe, expect, it } from 'vitest';
import { fakePlaneStarter } from '../testing/fake-plane-process.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemoryLog } from '../testing/memory-log.ts';
import { planeReady } from '../testing/plane-ready.ts';
import { awaitPlane } from './await-plane.ts';
import { LONGEST_DELAY_MS, restartDelayMs } from './backoff.ts';
import { PlaneSupervisor, READY_LIMIT_MS, SETTLED_AFTER_MS, STOP_LIMIT_MS } from './supervisor.ts';

let clock: ManualClock;
let log: MemoryLog;
let starter: ReturnType<typeof fakePlaneStarter>;
let supervisor: PlaneSupervisor;
const last = () => starter.runs.at(-1)!;

beforeEach(() => {
  clock = new ManualClock();
  log = new MemoryLog();
  starter = fakePlaneStarter();
  supervisor = new PlaneSupervisor(starter.start, clock, log);
});

describe('start', () => {
  it('is in service only after the ready message, and then knows where and with which bearer', () => {
    supervisor.start();
    expect(supervisor.status.state).toBe('starting');
    expect(supervisor.ready).toBeNull();
    last().events.message(planeReady());
    expect(supervisor.status.state).toBe('ready');
    expect(supervisor.ready?.url).toBe('http://127.0.0.1:41837');
  });

  it('starts one process however often it is asked', () => {
    supervisor.start();
    supervisor.start();
    expect(starter.runs).toHaveLength(1);
  });

  it('takes no ready message that is not of the contract', () => {
    supervisor.start();
    last().events.message({ ...planeReady(), url: 'http://203.0.113.7:80' });
    expect(supervisor.status.state).toBe('starting');
    expect(log.names()).toContain('plane.message_unknown');
  });

  it('ends a process that never becomes ready and counts it as a crash', () => {
    supervisor.start();
    clock.advance(READY_LIMIT_MS);
    expect(last().isKilled).toBe(true);
    last().events.exited(null);
    expect(supervisor.status).toMatchObject({ state: 'restarting', crashes: 1 });
  });
});

describe('crash', () => {
  it('starts again after a delay that doubles up to its bound', () => {
    supervisor.start();
    const delays: (number | null)[] = [];
    for (let crash = 1; crash <= 9; crash++) {
      last().events.exited(1);
      delays.push(supervisor.status.retry_in_ms);
      clock.advance(supervisor.status.retry_in_ms ?? 0);
      expect(starter.runs).toHaveLength(crash + 1);
    }
    expect(delays).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(restartDelayMs(1_000_000)).toBe(LONGEST_DELAY_MS);
  });

  it('counts an exit with 0 that nobody asked for as a crash', () => {
    supervisor.start();
    last().events.message(planeReady());
    last().events.exited(0);
    expect(supervisor.status.state).toBe('restarting');
    expect(supervisor.ready).toBeNull();
  });

  it('forgets crashes after a minute in service, and not before', () => {
    supervisor.start();
    last().events.exited(1);
    clock.advance(250);
    last().events.message(planeReady());
    clock.advance(SETTLED_AFTER_MS - 1);
    expect(supervisor.status.crashes).toBe(1);
    clock.advance(1);
    expect(supervisor.status.crashes).toBe(0);
  });

  it('does not listen to a process that was replaced', () => {
    supervisor.start();
    const old = last();
    old.events.exited(1);
    clock.advance(250);
    old.events.message(planeReady({ url: 'http://127.0.0.1:1' }));
    old.events.exited(1);
    expect(supervisor.status).toMatchObject({ state: 'starting', crashes: 1 });
  });

  it('is started at once when asked, not after the delay', () => {
    supervisor.start();
    last().events.exited(1);
    supervisor.start();
    expect(starter.runs).toHaveLength(2);
    clock.advance(LONGEST_DELAY_MS);
    expect(starter.runs).toHaveLength(2);
  });
});

describe('a plane that cannot run', () => {
  it('is not started again, and its own sentence is kept', () => {
    supervisor.start();
    last().events.message({ type: 'failed', exit_code: 75, sentence: 'Already running with pid 12.' });
    last().events.exited(75);
    expect(supervisor.status).toMatchObject({ state: 'failed', sentence: 'Already running with pid 12.' });
    clock.advance(10 * LONGEST_DELAY_MS);
    expect(starter.runs).toHaveLength(1);
  });

  it('has a sentence even where it said none, and may be started again by hand', () => {
    supervisor.start();
    last().events.exited(75);
    expect(supervisor.status.sentence).toMatch(/already running/);
    supervisor.start();
    expect(supervisor.status.state).toBe('starting');
  });
});

describe('stop', () => {
  it('asks, waits for the end, and does not call it a crash', async () => {
    supervisor.start();
    last().events.message(planeReady());
    const stopped = supervisor.stop();
    expect(last().sent).toEqual([{ type: 'stop' }]);
    expect(supervisor.ready).toBeNull();
    last().events.exited(0);
    await stopped;
    expect(supervisor.status.state).toBe('stopped');
    expect(clock.nextInMs()).toBeNull();
  });

  it('ends a process that does not answer', async () => {
    supervisor.start();
    const stopped = Promise.all([supervisor.stop(), supervisor.stop()]);
    clock.advance(STOP_LIMIT_MS - 1);
    expect(last().isKilled).toBe(false);
    clock.advance(1);
    expect(last().isKilled).toBe(true);
    last().events.exited(null);
    await stopped;
    expect(last().sent).toHaveLength(1);
  });

  it('takes back a pending restart', async () => {
    supervisor.start();
    last().events.exited(1);
    await supervisor.stop();
    clock.advance(LONGEST_DELAY_MS);
    expect(starter.runs).toHaveLength(1);
  });
});

describe('waiting for the plane', () => {
  it('resolves when it comes into service', async () => {
    supervisor.start();
    const waiting = awaitPlane(supervisor, clock, 1_000);
    last().events.message(planeReady());
    expect((await waiting)?.pid).toBe(4711);
  });

  it('gives up at its limit', async () => {
    supervisor.start();
    const waiting = awaitPlane(supervisor, clock, 1_000);
    clock.advance(1_000);
    expect(await waiting).toBeNull();
  });

  it('gives up at once when it cannot run', async () => {
    supervisor.start();
    const waiting = awaitPlane(supervisor, clock, 1_000);
    last().events.exited(77);
    expect(await waiting).toBeNull();
    expect(await awaitPlane(supervisor, clock, 1_000)).toBeNull();
  });
});
