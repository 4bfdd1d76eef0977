import type { Posture } from '../../src-server/contract/source.ts';
import { leaseTiming } from '../../src-server/domain/leases/timing.ts';
import { isOpen } from '../../src-server/plane/engine.ts';
import { SimulationFailure } from './simulated-plane.ts';
import { SimulatedRunner } from './simulated-runner.ts';
import type { Simulation } from './simulation.ts';

const ROUNDS_MAX = 400;
const ROUND_MS = 3_000;

/** No more faults. The runners so far fall silent: their leases have to end by themselves. */
export async function calmDown(simulation: Simulation): Promise<void> {
  const { plane, network, world } = simulation;
  network.trouble = 0;
  network.clear();
  plane.disk.heal();
  for (const runner of simulation.runners) if (runner.isAlive) runner.crash();
  await simulation.advance(2_000);
  const before = new Set(plane.workspace?.engine.hot.leases.keys());
  const longestMs = Math.max(0, ...[...(plane.workspace?.engine.hot.leases.values() ?? [])].map((l) => l.ttlMs));
  const { takeOverMs } = leaseTiming(longestMs);
  world.trace?.(`calm: ${before.size} leases have to end`);
  await simulation.advance(2 * takeOverMs + 2_000);
  for (const leaseId of plane.workspace?.engine.hot.leases.keys() ?? [])
    if (before.has(leaseId))
      throw new SimulationFailure([
        { invariant: 'I30', seq: -1, detail: `lease ${leaseId} of a silent runner lives on` },
      ]);
}

/** One fit runner of each family, and every job that can be claimed ends. */
export async function proveLiveness(simulation: Simulation): Promise<void> {
  const { operators, world } = simulation;
  simulation.runners.length = 0;
  operators.publishMode('byoc_first', 'auto', 0);
  const posture: Posture = { files: 'confined', network: ['none', 'allow_list'] };
  for (const gpu of [false, true]) await addFit(simulation, gpu, posture);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (round % 20 === 0) operators.makeWay();
    await simulation.advance(ROUND_MS);
    if (openJobs(simulation).length === 0) return;
  }
  const open = openJobs(simulation);
  world.trace?.(JSON.stringify(open.slice(0, 3)));
  throw new SimulationFailure([
    { invariant: 'I30', seq: -1, detail: `${open.length} jobs never end: ${open[0]?.jobId} is ${open[0]?.state}` },
  ]);
}

async function addFit(simulation: Simulation, gpu: boolean, posture: Posture): Promise<void> {
  const { world, plane, network, oracle } = simulation;
  const name = gpu ? 'fit-gpu' : 'fit-cpu';
  const hardware = { cpuCount: 32, memoryGib: 64, gpu, capacity: 3, posture };
  const runner = new SimulatedRunner(world, plane, network, oracle, name, gpu ? 100 : 101, hardware);
  runner.workMs = [100, 2_000];
  runner.isCareful = true;
  simulation.runners.push(runner);
  const labels = { os: 'linux', region: 'eu' };
  simulation.operators.enroll(name, { labels, capacity: 3 }, (issued) => void runner.connect(issued));
  await plane.settle();
  await plane.settle();
}

const openJobs = ({ plane }: Simulation) => [...plane.fold.world.jobs.values()].filter((job) => isOpen(job.state));
