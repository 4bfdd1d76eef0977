import type { Clock } from '../clock.ts';
import { clusterAccess } from './cluster-access.ts';
import { ClusterClient } from './cluster-client.ts';
import { LABEL, runnerLabel } from './manifests.ts';
import type { Cluster } from './probe-cluster.ts';

const GONE_LIMIT_MS = 30_000;
const POLL_MS = 500;

interface List {
  items: { metadata: { name: string } }[];
}

/**
 * Removes the Jobs and pods that an earlier run of this runner left when it was killed. Only call under the state
 * directory's lock. Returns how many there were; none where the cluster does not answer, whose pods end by themselves.
 */
export async function sweepCluster(
  cluster: Cluster | null,
  sessionId: string,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<number> {
  if (cluster === null) return 0;
  const client = new ClusterClient(clusterAccess(cluster.settings, env), clock);
  const query = new URLSearchParams({ labelSelector: `${LABEL.runner}=${runnerLabel(sessionId)}` });
  const namesOf = async (group: string, kind: string): Promise<string[]> =>
    (await client.call<List>('GET', `${client.path(group, kind)}?${query}`)).items.map(({ metadata }) => metadata.name);
  const found = new Set<string>();
  try {
    const giveUpAtMonoMs = clock.now().monoMs + GONE_LIMIT_MS;
    for (;;) {
      for (const name of await namesOf('batch/v1', 'jobs')) {
        found.add(name);
        await client.find('DELETE', client.path('batch/v1', 'jobs', name), { propagationPolicy: 'Background' });
      }
      const pods = await namesOf('v1', 'pods');
      if (pods.length === 0 || clock.now().monoMs > giveUpAtMonoMs) return found.size;
      for (const name of pods) await client.find('DELETE', client.path('v1', 'pods', name), { gracePeriodSeconds: 1 });
      await clock.sleep(POLL_MS);
    }
  } catch {
    return found.size;
  } finally {
    client.close();
  }
}
