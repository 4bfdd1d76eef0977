import { describe, expect, it } from 'vitest';
import { Simulation } from './simulation.ts';

const CRASHES = 1_000;
const STEPS = 2_000;

describe('budgets over crashes', () => {
  it(`the sums recomputed from the log equal the stored ones after ${CRASHES} crashes, under one tight limit`, async () => {
    let crashes = 0;
    let holds = 0;
    for (let seed = 1; crashes < CRASHES; seed++) {
      const simulation = new Simulation(seed, null, {
        kinds: ['plane_crash', 'plane_crash', 'disk_slow'],
        chance: 0.5,
      });
      simulation.operators.budgets = 'tight';
      // Every restart folds the log from zero, and every hundredth step compares it with state and memory.
      await simulation.run(STEPS);
      simulation.plane.checkAll();
      crashes += simulation.world.faults.plane_crash;
      for (const { events } of simulation.plane.entries)
        for (const { type } of events) if (type === 'budget.held') holds++;
      simulation.plane.close();
    }
    process.stdout.write(`budgets: ${crashes} crashes, ${holds} holds\n`);
    expect(holds).toBeGreaterThan(CRASHES);
  }, 900_000);
});
