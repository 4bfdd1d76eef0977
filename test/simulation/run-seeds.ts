import { parentPort, workerData } from 'node:worker_threads';
import { loadSqlEngine } from '../../src-server/state/database.ts';
import { SimulationFailure } from './simulated-plane.ts';
import { Simulation } from './simulation.ts';
import { type FaultCounts, noFaults } from './world.ts';

/** What a worker is told, and what it tells. */
export interface SeedRange {
  from: number;
  to: number;
  /** Distance of two seeds of this worker. */
  stride: number;
  steps: number;
  /** Every n-th seed is run twice, with equal traces. */
  twiceEvery: number;
}
export interface SeedReport {
  seeds: number;
  entries: number;
  jobs: number;
  simulatedHours: number;
  faults: FaultCounts;
  failures: { seed: number; step: number; message: string }[];
}

/** Runs a range of seeds, one after the other. */
export async function runSeeds(range: SeedRange): Promise<SeedReport> {
  await loadSqlEngine();
  // Refusals are thrown by the thousand; the replay of a seed has its traces.
  Error.stackTraceLimit = 0;
  const report: SeedReport = { seeds: 0, entries: 0, jobs: 0, simulatedHours: 0, faults: noFaults(), failures: [] };
  for (let seed = range.from; seed < range.to; seed += range.stride) {
    const simulation = new Simulation(seed);
    try {
      const result = await simulation.run(range.steps);
      report.entries += result.entries;
      report.jobs += result.jobs;
      report.simulatedHours += result.simulatedMs / 3_600_000;
      for (const [kind, count] of Object.entries(result.faults)) report.faults[kind as keyof FaultCounts] += count;
      if (seed % range.twiceEvery === 0) {
        const again = await new Simulation(seed).run(range.steps);
        if (again.traceHash !== result.traceHash)
          report.failures.push({ seed, step: -1, message: 'the same seed went two ways' });
      }
    } catch (error) {
      const message = error instanceof SimulationFailure ? error.message : String((error as Error).stack);
      report.failures.push({ seed, step: simulation.step, message });
    }
    simulation.plane.close();
    report.seeds++;
  }
  return report;
}

if (parentPort !== null) parentPort.postMessage(await runSeeds(workerData as SeedRange));
