import { describe, expect, it } from 'vitest';
import { runWorkers } from './run-workers.mjs';
import { FAULT_KINDS } from './world.ts';

const SEEDS = 500;
const STEPS = 2_000;

describe('deterministic simulation', () => {
  it(`holds every invariant over ${SEEDS} seeds of ${STEPS} steps, and the same seed goes the same way`, async () => {
    const startedNs = process.hrtime.bigint();
    const reports = await runWorkers({ from: 1, to: SEEDS + 1, steps: STEPS, twiceEvery: 50 });
    const seconds = Number(process.hrtime.bigint() - startedNs) / 1e9;
    const sum = (of: (r: (typeof reports)[number]) => number): number => reports.reduce((n, r) => n + of(r), 0);
    const faults = FAULT_KINDS.map((kind) => [kind, sum((r) => r.faults[kind])] as const);
    process.stdout.write(
      `simulation: ${sum((r) => r.seeds)} seeds in ${seconds.toFixed(1)} s (goal: 60 s), ${sum((r) => r.entries)} entries, ` +
        `${sum((r) => r.jobs)} jobs, ${Math.round(sum((r) => r.simulatedHours))} simulated hours\n` +
        `  ${faults.map(([kind, count]) => `${kind} ${count}`).join(', ')}\n`,
    );
    const failures = reports.flatMap((r) => r.failures);
    const told = failures.map(
      (f) => `${f.message}\n  replay: npm run simulate -- --seed ${f.seed} --steps ${STEPS} --trace`,
    );
    expect(told).toEqual([]);
    expect(sum((r) => r.seeds)).toBe(SEEDS);
    expect(faults.filter(([, count]) => count === 0)).toEqual([]);
  }, 900_000);
});
