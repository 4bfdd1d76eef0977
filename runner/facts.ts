import { execFileSync } from 'node:child_process';
import { arch } from 'node:os';
import type { Posture } from '../src-server/contract/source.ts';
import { ownSize } from './limits/limits.ts';
import { RUNNER_VERSION } from './version.ts';

const PROBE_TIMEOUT_MS = 3_000;
const MEBIBYTE = 1024 * 1024;
const OS_LABELS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  linux: 'linux',
  darwin: 'macos',
  win32: 'windows',
};

/** What this source is, as it registers; the plane derives the compute class from it. */
export interface SourceFacts {
  platform: string;
  arch: string;
  cpu_count: number;
  memory_bytes: number;
  gpu: { name: string; memory_bytes: number } | null;
  node_version: string;
  runner_version: string;
  labels: Record<string, string>;
  posture: Posture;
}

function findGpu(): SourceFacts['gpu'] {
  try {
    const query = ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'];
    const text = execFileSync('nvidia-smi', query, { encoding: 'utf8', timeout: PROBE_TIMEOUT_MS, stdio: 'pipe' });
    const [name, mebibytes] = (text.split('\n')[0] ?? '').split(',').map((part) => part.trim());
    return name && Number(mebibytes) > 0
      ? { name: name.slice(0, 120), memory_bytes: Number(mebibytes) * MEBIBYTE }
      : null;
  } catch {
    // No driver tool means no GPU that a job could use.
    return null;
  }
}

/** Looks at this machine anew; what it can enforce was tried before. */
export function sourceFacts(posture: Posture): SourceFacts {
  const size = ownSize();
  return {
    platform: process.platform,
    arch: arch(),
    cpu_count: size.cpuCount,
    memory_bytes: size.memoryBytes,
    gpu: findGpu(),
    node_version: process.versions.node,
    runner_version: RUNNER_VERSION,
    labels: { os: OS_LABELS[process.platform] ?? process.platform, arch: arch() },
    posture,
  };
}
