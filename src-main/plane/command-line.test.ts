import { beforeEach, expect, it } from 'vitest';
import { fakePlaneStarter } from '../testing/fake-plane-process.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MemoryLog } from '../testing/memory-log.ts';
import { planeReady } from '../testing/plane-ready.ts';
import { COMMAND_LINE_LIMIT_MS, CommandLineSwitch } from './command-line.ts';
import { PlaneSupervisor } from './supervisor.ts';

const ON = { type: 'command_line', is_on: true };
let clock: ManualClock;
let starter: ReturnType<typeof fakePlaneStarter>;
let supervisor: PlaneSupervisor;
let commandLine: CommandLineSwitch;
const last = () => starter.runs.at(-1)!;

beforeEach(() => {
  clock = new ManualClock();
  const log = new MemoryLog();
  starter = fakePlaneStarter();
  supervisor = new PlaneSupervisor(starter.start, clock, log);
  commandLine = new CommandLineSwitch(supervisor, clock, log);
  supervisor.start();
});

it('is off at each start, and on only once the plane has said so', async () => {
  last().events.message(planeReady());
  expect(commandLine.isOn).toBe(false);
  const asked = commandLine.set(true);
  expect(last().sent).toEqual([ON]);
  expect(commandLine.isOn).toBe(false);
  last().events.message(ON);
  expect(await asked).toBe(true);
  expect(commandLine.isOn).toBe(true);
});

it('is asked for again of a plane that was started again, until it was turned off', async () => {
  last().events.message(planeReady());
  const asked = commandLine.set(true);
  last().events.message(ON);
  await asked;
  last().events.exited(1);
  expect(commandLine.isOn).toBe(false);
  clock.advance(supervisor.status.retry_in_ms ?? 0);
  last().events.message(planeReady());
  expect(last().sent).toEqual([ON]);
  last().events.message(ON);
  expect(commandLine.isOn).toBe(true);
  const off = commandLine.set(false);
  last().events.message({ ...ON, is_on: false });
  expect(await off).toBe(false);
  last().events.exited(1);
  clock.advance(supervisor.status.retry_in_ms ?? 0);
  last().events.message(planeReady());
  expect(last().sent).toEqual([]);
});

it('fails where no plane is in service, and where it says nothing', async () => {
  await expect(commandLine.set(true)).rejects.toThrow('not in service');
  last().events.message(planeReady());
  const asked = commandLine.set(true);
  clock.advance(COMMAND_LINE_LIMIT_MS);
  await expect(asked).rejects.toThrow('did not answer');
});
