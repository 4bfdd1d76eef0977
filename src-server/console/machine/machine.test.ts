import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostClock } from '../clock.ts';
import { writePrivate } from '../private-file.ts';
import { meaningOfEnd, restartDelayMs } from './exit-meaning.ts';
import { Machine } from './machine.ts';
import { linuxOnBattery, type Power } from './power.ts';
import { linesOf, type RunnerEvents, runnerEnvironment } from './runner-process.ts';

let dir: string;
let timers: { ms: number; run: () => void }[];
let runs: { args: readonly string[]; events: RunnerEvents; asked: number; isKilled: boolean }[];
let battery: boolean | null;
let tellPower: (event: 'power' | 'suspend' | 'resume') => void;
let awake: boolean[];
const WS = `ws_${'0'.repeat(26)}`;

const clock: HostClock = {
  monoMs: () => 0,
  wallMs: () => 0,
  after: (ms, run) => {
    const timer = { ms, run };
    timers.push(timer);
    return () => {
      timers = timers.filter((each) => each !== timer);
    };
  },
};
const power: Power = {
  onBattery: () => battery,
  watch: (changed) => {
    tellPower = changed;
    return () => undefined;
  },
  keepAwake: (isOn) => void awake.push(isOn),
};
const session = {
  operator: { operator_id: 'opr_1', name: 'ada', role: 'admin' },
  rights: ['view'],
  workspaces: [{ workspace_id: WS, name: 'home', created_at: '2026-01-01T00:00:00.000Z', paused: false }],
  plane: {
    version: '0',
    fingerprint: `SHA256:${'a'.repeat(43)}`,
    plane_public_key: `${'A'.repeat(43)}=`,
    url: 'http://127.0.0.1:1234',
    loopback_only: true,
    hosted_by: 'desktop',
  },
};

/** A machine that was enrolled before, with a runner that the test speaks for. */
const enrolled = (more: object = {}): Machine => {
  writePrivate(join(dir, 'machine.json'), {
    v: 1,
    wish: 'on',
    settings: {
      capacity: 2,
      kinds: ['command'],
      work_dir: null,
      pause_on_battery: true,
      keep_awake: true,
      start_with_console: true,
      ...more,
    },
    enrollment: {
      workspace_id: WS,
      workspace_name: 'home',
      source_id: `src_${'0'.repeat(26)}`,
      enrollment_id: `enr_${'0'.repeat(26)}`,
      name: 'laptop',
      plane_key: session.plane.fingerprint,
      state_dir: join(dir, 'state'),
      remote_id: null,
    },
  });
  return new Machine({
    dir,
    clock,
    power,
    send: async () => Response.json(session),
    reach: async () => ({ url: 'http://127.0.0.1:1234', token: 'cco_x' }),
    start: (args, events) => {
      const run = { args, events, asked: 0, isKilled: false };
      runs.push(run);
      return {
        pid: 4711,
        ask: () => {
          run.asked += 1;
        },
        kill: () => {
          run.isKilled = true;
          events.exited(null);
        },
      };
    },
  });
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'cc-machine-'));
  timers = [];
  runs = [];
  battery = false;
  awake = [];
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('this machine’s runner', () => {
  it('is started with its slots, kinds and folders, and with nothing secret', async () => {
    const machine = enrolled();
    await machine.resume();
    expect(machine.view(null).state).toBe('starting');
    expect(runs[0]?.args.join(' ')).toContain('--url http://127.0.0.1:1234 --capacity 2');
    expect(runs[0]?.args).toEqual(expect.arrayContaining(['--kinds', 'command', '--pause-file', join(dir, 'paused')]));
    expect(JSON.stringify(runs[0]?.args)).not.toMatch(/cc[ceo]_/);
    runs[0]?.events.line('Asking for work as ses_1, 2 slots, compute class cpu-small.');
    expect(machine.view(null).state).toBe('running');
    expect(awake.at(-1)).toBe(true);
  });

  it('is left alone where it is not to start with the console', async () => {
    const machine = enrolled({ start_with_console: false });
    await machine.resume();
    expect([runs.length, machine.view(null).state]).toEqual([0, 'stopped']);
  });

  it('pauses on battery and before a sleep, and goes on by itself', async () => {
    const machine = enrolled();
    await machine.resume();
    runs[0]?.events.line('Asking for work as ses_1');
    battery = true;
    tellPower('power');
    expect([machine.view(null).state, existsSync(join(dir, 'paused'))]).toEqual(['paused', true]);
    expect(machine.view(null).sentence).toContain('battery');
    expect(awake.at(-1)).toBe(false);
    battery = false;
    tellPower('power');
    expect([machine.view(null).state, existsSync(join(dir, 'paused'))]).toEqual(['running', false]);
    tellPower('suspend');
    expect(existsSync(join(dir, 'paused'))).toBe(true);
    tellPower('resume');
    expect(existsSync(join(dir, 'paused'))).toBe(false);
  });

  it('is started again with a growing delay, and not at all when it said why it cannot run', async () => {
    const machine = enrolled();
    await machine.resume();
    runs[0]?.events.exited(1);
    expect(machine.view(null)).toMatchObject({ state: 'restarting', crashes: 1, retry_in_ms: 1_000 });
    timers.find(({ ms }) => ms === 1_000)?.run();
    await expect.poll(() => runs.length).toBe(2);
    runs[1]?.events.exited(1);
    expect(machine.view(null).retry_in_ms).toBe(2_000);
    timers.find(({ ms }) => ms === 2_000)?.run();
    await expect.poll(() => runs.length).toBe(3);
    runs[2]?.events.line('This source was revoked.');
    runs[2]?.events.exited(77);
    expect(machine.view(null)).toMatchObject({ state: 'failed', sentence: 'This source was revoked.' });
    expect(timers).toEqual([]);
  });

  it('that does not end when it is asked twice is ended', async () => {
    const machine = enrolled();
    await machine.resume();
    const closed = machine.close();
    expect(runs[0]?.asked).toBe(1);
    for (const { run } of [...timers]) run();
    await closed;
    expect(runs[0]).toMatchObject({ asked: 2, isKilled: true });
    expect(JSON.parse(readFileSync(join(dir, 'machine.json'), 'utf8')).wish).toBe('on');
  });
});

it('tells ends and delays apart', () => {
  expect([64, 65, 76, 77].map((code) => meaningOfEnd(code, false))).toEqual(Array(4).fill('final'));
  expect([0, 1, 69, 75, null].map((code) => meaningOfEnd(code, false))).toEqual(Array(5).fill('again'));
  expect(meaningOfEnd(77, true)).toBe('asked');
  expect([1, 2, 7, 50].map(restartDelayMs)).toEqual([1_000, 2_000, 60_000, 60_000]);
});

it('reads power as the kernel tells it', () => {
  const supply = (name: string, facts: Record<string, string>): void => {
    mkdirSync(join(dir, 'supply', name), { recursive: true });
    for (const [file, text] of Object.entries(facts)) writeFileSync(join(dir, 'supply', name, file), `${text}\n`);
  };
  const read = (): boolean | null => linuxOnBattery(join(dir, 'supply'));
  expect(read()).toBeNull();
  supply('hid', { type: 'Battery', scope: 'Device' });
  expect(read()).toBeNull();
  supply('BAT0', { type: 'Battery' });
  supply('AC', { type: 'Mains', online: '0' });
  expect(read()).toBe(true);
  supply('AC', { type: 'Mains', online: '1' });
  expect(read()).toBe(false);
});

it('hands on no variable that changes how a runner runs, and splits what it says into lines', () => {
  const env = { PATH: '/bin', NODE_OPTIONS: '--inspect', LD_PRELOAD: 'x', ELECTRON_RUN_AS_NODE: '1' };
  expect(runnerEnvironment(env)).toEqual({ PATH: '/bin' });
  const heard: string[] = [];
  const hear = linesOf((line) => heard.push(line));
  for (const chunk of ['one\ntw', 'o\n\nthr', 'ee\n']) hear(chunk);
  expect(heard).toEqual(['one', 'two', 'three']);
});
