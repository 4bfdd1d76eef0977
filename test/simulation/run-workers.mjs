import { rmSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { bundleScript } from './bundle.mjs';

/**
 * Runs seeds [from, to) in two threads.
 * @param {{ from: number, to: number, steps: number, twiceEvery: number }} range
 * @returns {Promise<import('./run-seeds.ts').SeedReport[]>}
 */
export async function runWorkers(range, workers = 2) {
  const file = await bundleScript('run-seeds.ts');
  try {
    return await Promise.all(
      Array.from({ length: workers }, (_, n) => {
        const worker = new Worker(file, { workerData: { ...range, from: range.from + n, stride: workers } });
        return new Promise((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        });
      }),
    );
  } finally {
    rmSync(file, { force: true });
  }
}
