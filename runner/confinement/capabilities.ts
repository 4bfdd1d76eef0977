import type { Posture } from '../../src-server/contract/source.ts';
import type { ContainerEngine } from '../containers/engine.ts';
import type { Cluster } from '../kubernetes/probe-cluster.ts';
import type { CgroupPlace } from '../limits/cgroup-places.ts';

/** What this source was seen to be able to do, by trying it. */
export interface Capabilities {
  /** As it is told to the plane. */
  posture: Posture;
  /** Version of the bubblewrap that confines, or null. */
  bubblewrap: string | null;
  /** A Node program that runs inside a namespace, or null: then no host can be granted there. */
  nodePath: string | null;
  /** The container engine that holds, or null. */
  engine: ContainerEngine | null;
  /** The cluster that holds, or null. */
  cluster: Cluster | null;
  /** Where groups with ceilings on memory and processes can be made, or null. */
  cgroup: CgroupPlace | null;
}

/** A source that enforces nothing but its process groups. */
export const NO_CAPABILITIES: Capabilities = {
  posture: { files: 'none', network: [], pid: 'group', containers: [], kubernetes: false, detail: {} },
  bubblewrap: null,
  nodePath: null,
  engine: null,
  cluster: null,
  cgroup: null,
};
