import type { SeedReport } from './run-seeds.ts';

export function runWorkers(
  range: { from: number; to: number; steps: number; twiceEvery: number },
  workers?: number,
): Promise<SeedReport[]>;
