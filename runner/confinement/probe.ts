import type { Posture } from '../../src-server/contract/source.ts';
import { GATEWAY_SHA256 } from '../agent/gateway-module.ts';
import type { Clock } from '../clock.ts';
import { type ContainerFinding, probeContainers } from '../containers/probe-containers.ts';
import type { ClusterFinding } from '../kubernetes/probe-cluster.ts';
import { probeCgroup } from '../limits/probe-cgroup.ts';
import { plain } from '../printer.ts';
import type { Surroundings } from '../user-folders.ts';
import { type Capabilities, NO_CAPABILITIES } from './capabilities.ts';
import { probeBubblewrap } from './probe-bubblewrap.ts';

const DETAIL_LIMIT = 200;

/** Finds the engine that holds: tried now, or a moment ago. */
export type EngineProbe = () => Promise<ContainerFinding>;

/** Finds the cluster that holds; null where its owner named none. */
export type ClusterProbe = (() => Promise<ClusterFinding>) | null;

/**
 * Tries what this source can enforce. Takes a second or two; nothing is guessed from versions or names. The sandbox-exec
 * profile of macOS was never tried on a Mac, so a Mac promises nothing yet.
 */
export async function probeCapabilities(
  { platform, home }: Surroundings,
  clock: Clock,
  findEngine: EngineProbe = () => probeContainers(platform),
  findCluster: ClusterProbe = null,
): Promise<Capabilities> {
  // A cluster confines by itself, whatever this runner stands on.
  const clusters = findCluster?.() ?? Promise.resolve({ cluster: null, why: null });
  if (platform !== 'linux') return withCluster(NO_CAPABILITIES, await clusters);
  const [found, containers, groups] = await Promise.all([
    probeBubblewrap(home, clock),
    findEngine(),
    probeCgroup(clock),
  ]);
  const detail: Record<string, string> = {};
  if (found.version !== null) detail.bubblewrap = found.version;
  if (found.why !== null) detail.confinement = plain(found.why).slice(0, DETAIL_LIMIT);
  detail.limits =
    groups.place === null
      ? plain(`not enforced: ${groups.why}`).slice(0, DETAIL_LIMIT)
      : `cgroup v${groups.place.version}`;
  const { engine } = containers;
  if (engine !== null) detail[engine.name] = engine.version;
  if (containers.why !== null) detail.containers = plain(containers.why).slice(0, DETAIL_LIMIT);
  const network: NonNullable<Posture['network']> = [];
  if (found.networkNone) network.push('none');
  if (found.allowList) network.push('allow_list');
  const agents = found.files && GATEWAY_SHA256 !== null ? network : [];
  const own: Capabilities = {
    posture: {
      files: found.files ? 'confined' : 'none',
      network,
      pid: found.files ? 'namespace' : 'group',
      containers: engine === null ? [] : [engine.name],
      ...(engine === null ? {} : { container_network: engine.hasAllowList ? ['none', 'allow_list'] : ['none'] }),
      kubernetes: false,
      ...(agents.length === 0 ? {} : { agents }),
      detail,
    },
    bubblewrap: found.files ? found.version : null,
    nodePath: found.nodePath,
    engine,
    cluster: null,
    cgroup: groups.place,
  };
  return withCluster(own, await clusters);
}

/** What a source can do with the cluster that its owner named. */
function withCluster(own: Capabilities, { cluster, why }: ClusterFinding): Capabilities {
  const detail = { ...own.posture.detail };
  if (cluster !== null) detail.kubernetes = plain(cluster.version).slice(0, DETAIL_LIMIT);
  if (why !== null) detail.cluster = plain(why).slice(0, DETAIL_LIMIT);
  return { ...own, posture: { ...own.posture, kubernetes: cluster !== null, detail }, cluster };
}
