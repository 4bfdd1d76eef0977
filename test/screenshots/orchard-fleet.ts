import type { CheckedAnswer } from '../helpers/checked-call.ts';
import type { Orchard } from './orchard.ts';

const GIB = 2 ** 30;
const CONFINED = {
  files: 'confined',
  network: ['none', 'allow_list'],
  pid: 'namespace',
  containers: ['podman'],
  detail: { files: 'bubblewrap', containers: 'podman 5.3' },
};
const LINUX = { platform: 'linux', arch: 'x64', node_version: '22.11.0', posture: CONFINED };
const MEDIUM = { ...LINUX, cpu_count: 8, memory_bytes: 16 * GIB };
const MAC = { platform: 'darwin', arch: 'arm64', node_version: '22.11.0', cpu_count: 2, memory_bytes: 8 * GIB };

export const must = (answer: CheckedAnswer): CheckedAnswer['json'] => {
  if (answer.status >= 300) throw new Error(`refused: ${answer.text}`);
  return answer.json;
};

/** Limits, rates and three versions of the policy. */
export async function govern({ plane }: Orchard, ines: string): Promise<void> {
  const limits = [
    { scope: 'tier:managed', limit_mcu: 600_000, window: 'day', warn_percent: [80] },
    { scope: 'tier:byoc', limit_mcu: 4_000_000, window: 'day' },
    { scope: 'wu:WU-2481', limit_mcu: 120_000 },
    { scope: 'wu:WU-2477', limit_mcu: 40_000 },
  ];
  const rates = {
    byoc: { 'cpu-small': 1_000, 'cpu-medium': 2_000, 'gpu-small': 10_000 },
    managed: { 'cpu-small': 1_000 },
  };
  must(
    await plane.call('budgetsPut', {
      bearer: ines,
      body: { limits, default_wu_limit_mcu: 400_000, rates, reason: 'Start of the quarter' },
    }),
  );
  const rule = (base: number, more: object) =>
    plane.call('policyPut', {
      bearer: ines,
      body: { base_version: base, mode: 'byoc_first', fallback: { mode: 'auto', after_ms: 60_000 }, ...more },
    });
  const first = must(await plane.call('policy'));
  const v2 = must(await rule(first.version, { reason: 'Move by itself after a minute' }));
  must(
    await rule(v2.version, {
      fallback: { mode: 'auto', after_ms: 90_000 },
      overrides: [
        { compute_class: 'gpu-small', mode: 'byoc_only' },
        { labels: { burst: 'yes' }, mode: 'managed_only' },
      ],
      reason: 'GPU work stays here',
    }),
  );
}

/** Ten sources of every kind and state, and one that never connected. */
export async function fleet(orchard: Orchard): Promise<void> {
  const { plane } = orchard;
  const eu = { os: 'linux', region: 'eu' };
  const doctor = (passed: number, total: number) =>
    Array.from({ length: total }, (_, i) => ({
      id: i === total - 1 ? 'confinement' : `check-${i}`,
      required: true,
      passed: i < passed,
      detail: i < passed ? 'fine' : 'bubblewrap is not there. Install it, then run doctor again',
    }));
  await orchard.runner(
    'dock-rack2',
    'docker_host',
    6,
    { ...eu, zone: 'rack2' },
    { ...LINUX, cpu_count: 32, memory_bytes: 64 * GIB },
  );
  await orchard.runner('k8s-batch-a', 'kubernetes_worker', 8, { ...eu, ns: 'batch' }, MEDIUM);
  await orchard.runner('k8s-batch-b', 'kubernetes_worker', 8, { ...eu, ns: 'batch' }, MEDIUM);
  await orchard.runner('gha-runner-04', 'ci_runner', 2, { os: 'linux', region: 'us' }, MEDIUM);
  await orchard.runner('gha-runner-05', 'ci_runner', 2, { os: 'linux', region: 'us', zone: 'us-2' }, MEDIUM);
  await orchard.runner('dock-gpu1', 'docker_host', 1, eu, {
    ...LINUX,
    cpu_count: 8,
    memory_bytes: 32 * GIB,
    gpu: { name: 'L4', memory_bytes: 24 * GIB },
  });
  await orchard.runner(
    'mbp-ines',
    'laptop',
    2,
    { os: 'macos', owner: 'ines' },
    { ...MAC, posture: { files: 'confined', pid: 'group' } },
  );
  const tomas = await orchard.runner('mbp-tomas', 'laptop', 2, { os: 'macos', owner: 'tomas' }, MAC);
  must(await tomas.call('doctor', { body: { checks: doctor(13, 14) } }));
  await orchard.runner(
    'lab-nuc',
    'docker_host',
    1,
    { os: 'linux', region: 'lab' },
    { ...LINUX, cpu_count: 2, memory_bytes: 8 * GIB },
  );
  for (const name of ['dock-rack2', 'k8s-batch-a']) {
    must((await orchard.runners.get(name)?.call('doctor', { body: { checks: doctor(14, 14) } })) as CheckedAnswer);
  }
  const pool = must(
    await plane.call('poolCreate', {
      body: {
        name: 'lumenflow_managed',
        compute_classes: ['cpu-small', 'cpu-medium'],
        capacity: 20,
        labels: { ...eu, burst: 'yes' },
      },
    }),
  );
  const { token } = must(await plane.call('poolTokenCreate', { params: { pool_id: pool.pool_id }, body: {} }));
  await orchard.connect('lumenflow_managed', pool.source_id, token, 20, MEDIUM);
  // Never connected.
  await plane.enroll('dock-rack3', { kind: 'docker_host', capacity: 6, labels: eu });
}
