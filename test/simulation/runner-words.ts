import type { CompleteRequest, Register } from '../../src-server/contract/runtime.ts';
import type { Posture } from '../../src-server/contract/source.ts';
import type { RunnerOutcome } from '../../src-server/contract/terms.ts';
import { runnerKey } from './runner-keys.ts';
import type { World } from './world.ts';

/** What a simulated runner has to offer. */
export interface Hardware {
  cpuCount: number;
  memoryGib: number;
  gpu: boolean;
  capacity: number;
  posture: Posture;
}

/** How a runner introduces itself, with a proof by its key. */
export function registerBody(keyNumber: number, hardware: Hardware, nonce: string, message: string): Register {
  const key = runnerKey(keyNumber);
  return {
    contract: 1,
    public_key: key.publicKey,
    nonce,
    proof: key.sign(message),
    platform: 'linux',
    arch: 'x64',
    cpu_count: hardware.cpuCount,
    memory_bytes: hardware.memoryGib * 1024 ** 3,
    gpu: hardware.gpu ? { name: 'gpu', memory_bytes: 48 * 1024 ** 3 } : null,
    node_version: 'v20.20.0',
    runner_version: '0.1.0',
    posture: hardware.posture,
  };
}

/** How an attempt ended, with exit codes, extras and runtimes of every kind. */
export function completeBody(world: World, fence: number, outcome: RunnerOutcome): CompleteRequest {
  const exitCode = outcome === 'succeeded' ? 0 : world.chance(0.3) ? 42 : 1;
  return {
    fence,
    outcome,
    exit_code: outcome === 'canceled' ? null : exitCode,
    extras_mcu: world.chance(0.2) ? world.between(0, 500) : 0,
    usage: { runtime_ms: world.chance(0.5) ? world.between(0, 30_000) : Number.MAX_SAFE_INTEGER },
    outputs: [],
    refused_outputs: [],
  };
}

export const NO_FILES = { output: null, artifacts: [], runReceipt: null };
