import { OutputChanged, storeOutput } from './artifacts.ts';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { messageOf, PlaneProblem, PlaneUnreachable, RunnerError } from './errors.ts';
import type { Chance } from './ids.ts';
import { findOutputs, type OutputFile, type RefusedOutput } from './output-files.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import type { OutputRef } from './wire.ts';

const BACKOFF = { baseMs: 500, capMs: 10_000 };
const REASON_LIMIT = 200;

export interface Collected {
  outputs: OutputRef[];
  refused: RefusedOutput[];
}

export interface CollectDependencies {
  send: (request: PlaneRequest) => Promise<PlaneAnswer>;
  clock: Clock;
  chance: Chance;
  signal: AbortSignal;
  onSuperseded: (detail: string) => void;
  /** Hides what must not leave in one output; returns it as it is now, or why it is not taken. */
  redact: (output: OutputFile) => Promise<OutputFile | string>;
  /** Hides the same in a name. */
  redactText: (text: string) => string;
}

interface LeaseOfOutputs {
  leaseId: string;
  fence: number;
  workDir: string;
}

/** Stores one output over lost connections. Returns its reference, or why it was not taken; null when told to stop. */
async function storeSurely(
  output: OutputFile,
  lease: LeaseOfOutputs,
  dependencies: CollectDependencies,
): Promise<OutputRef | string | null> {
  const { send, clock, chance, signal, onSuperseded } = dependencies;
  const backoff = new Backoff(BACKOFF, chance);
  while (!signal.aborted) {
    try {
      return await storeOutput(output, lease, send, signal);
    } catch (error) {
      if (error instanceof OutputChanged) return 'it changed while it was collected';
      if (error instanceof PlaneProblem && error.code === 'conflict.lease_superseded') {
        onSuperseded(error.detail);
        return null;
      }
      const isWorthMore =
        error instanceof PlaneUnreachable ||
        (error instanceof PlaneProblem && (error.retryable || error.status === 401));
      if (error instanceof RunnerError) throw error;
      if (!isWorthMore) return (error instanceof PlaneProblem ? error.detail : messageOf(error)).slice(0, REASON_LIMIT);
      await clock.sleep(backoff.nextMs(), signal);
    }
  }
  return null;
}

/** Finds what the job declared and stores it, one file after the other; what is not taken is told with its reason. */
export async function collectOutputs(
  patterns: readonly string[],
  lease: LeaseOfOutputs,
  dependencies: CollectDependencies,
): Promise<Collected> {
  const { files, refused } = await findOutputs(lease.workDir, patterns);
  const outputs: OutputRef[] = [];
  for (const file of files) {
    const clean = await dependencies.redact(file).catch((error: unknown) => messageOf(error).slice(0, REASON_LIMIT));
    const stored = typeof clean === 'string' ? clean : await storeSurely(clean, lease, dependencies);
    if (stored === null) break;
    if (typeof stored === 'string') refused.push({ path: file.path, reason: stored });
    else outputs.push(stored);
  }
  return { outputs, refused: refused.map(({ path, reason }) => ({ path: dependencies.redactText(path), reason })) };
}
