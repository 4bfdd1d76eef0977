import type { Clock } from '../clock.ts';
import { KeptFinding } from '../kept-finding.ts';
import { RUNNER_VERSION } from '../version.ts';
import type { ClusterSettings } from './cluster-access.ts';
import { type ClusterFinding, probeCluster, whyUnreachable } from './probe-cluster.ts';

/**
 * The cluster that was found to hold, for an hour: a try takes two pods. That its API answers is asked each time.
 * @param path of the file in the state directory that keeps it.
 */
export async function findCluster(
  settings: ClusterSettings,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  path: string,
  isFresh: boolean,
): Promise<ClusterFinding> {
  const why = await whyUnreachable(settings, env, clock);
  if (why !== null) return { cluster: null, why };
  const ground = (): string => JSON.stringify([RUNNER_VERSION, settings, env.KUBERNETES_SERVICE_HOST ?? null]);
  const kept = new KeptFinding<ClusterFinding>(
    path,
    clock,
    ground,
    ({ cluster }) => typeof cluster?.version === 'string',
  );
  return kept.find(() => probeCluster(settings, env, clock), isFresh);
}
