import { registryOf } from '../containers/image.ts';
import { CONTAINER } from './manifests.ts';

/** What a cluster says of a container of a pod. */
interface ContainerStatus {
  name: string;
  state?: {
    waiting?: { reason?: string; message?: string };
    running?: object;
    terminated?: { exitCode: number; reason?: string; message?: string };
  };
}

/** What a cluster says of a pod, as far as it is looked at. */
export interface Pod {
  metadata: { name: string };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    conditions?: { type: string; status: string; message?: string }[];
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

/** How the job's container ended. */
export interface PodEnd {
  exitCode: number;
  isOutOfMemory: boolean;
  /** Why the cluster ended the whole pod, as when a volume of it was full; null when it did not. */
  evicted: string | null;
}

/** Reasons that do not go away by waiting. */
const NEVER_STARTS =
  /^(ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;
const WORDS_LIMIT = 300;
/** 128 + the number of SIGKILL. */
const KILLED_EXIT = 137;

const stateOf = (list: readonly ContainerStatus[] | undefined, name: string): ContainerStatus['state'] =>
  list?.find((each) => each.name === name)?.state;

/** Null while it runs. */
export function endOf({ status }: Pod): PodEnd | null {
  const ended = stateOf(status?.containerStatuses, CONTAINER.job)?.terminated;
  // A pod that was evicted may have nothing to say of its containers any more.
  const isOver = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (ended === undefined && !isOver) return null;
  const why = [status?.reason, status?.message].filter(Boolean).join(': ').slice(0, WORDS_LIMIT);
  return {
    exitCode: ended?.exitCode ?? KILLED_EXIT,
    isOutOfMemory: ended?.reason === 'OOMKilled',
    evicted: why || null,
  };
}

/** Both containers run: the one of the job, and the one beside it. */
export const isUp = ({ status }: Pod): boolean =>
  [CONTAINER.job, CONTAINER.beside].every((name) => stateOf(status?.containerStatuses, name)?.running !== undefined);

/** Why the pod will not start, in a sentence; null while it may. */
export function troubleOf({ status }: Pod, images: { job: string; mayFetch: boolean }): string | null {
  const { phase, reason, message, initContainerStatuses = [], containerStatuses = [] } = status ?? {};
  const prepared = stateOf(initContainerStatuses, CONTAINER.prepare)?.terminated;
  if (prepared !== undefined && prepared.exitCode !== 0) return 'The helper image has no static /bin/busybox.';
  // Before it is told to go, the container of a job has no reason to end.
  const early = stateOf(containerStatuses, CONTAINER.job)?.terminated;
  if (early !== undefined)
    return `The container of the job ended before it began (${early.reason ?? early.exitCode}): ${(early.message ?? '').slice(0, WORDS_LIMIT) || 'the cluster said no reason'}.`;
  for (const { name, state } of [...initContainerStatuses, ...containerStatuses]) {
    const { reason: why = '', message: words = '' } = state?.waiting ?? {};
    if (!NEVER_STARTS.test(why)) continue;
    const registry = registryOf(images.job);
    if (name === CONTAINER.job && why === 'ErrImageNeverPull' && !images.mayFetch)
      return (
        `The image ${images.job} is not in the cluster, and nothing is fetched from ${registry}. ` +
        `Load it there, or start the runner with --image-registry ${registry}.`
      );
    const whose = name === CONTAINER.job ? 'The container of the job' : 'A container beside the job';
    return `${whose} could not be started (${why}): ${words.slice(0, WORDS_LIMIT) || 'the cluster said no reason'}.`;
  }
  const isOver = phase === 'Failed' || phase === 'Succeeded';
  return isOver ? `The cluster ended the pod: ${[reason, message].filter(Boolean).join(', ') || phase}.` : null;
}

/** What a pod waits for that has no place yet. */
export const waitsFor = ({ status }: Pod): string =>
  status?.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')?.message ??
  stateOf(status?.containerStatuses, CONTAINER.job)?.waiting?.reason ??
  'it did not say for what';
