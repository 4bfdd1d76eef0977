import { createHash } from 'node:crypto';
import type { Limits } from '../containers/container-args.ts';
import { BESIDE_SCRIPT, CONTROL_INSIDE, HELPER_FILES, helper, JOB_SCRIPT, PREPARE_SCRIPT } from './pod-scripts.ts';

export const CONTAINER = { prepare: 'prepare', job: 'job', beside: 'beside' } as const;
/** By these what belongs to a runner is found again, whatever became of it. */
export const LABEL = {
  /** Which runner made it: a digest of its session's id. */
  runner: 'connected-compute/runner',
  lease: 'connected-compute/lease',
  job: 'connected-compute/job',
  fence: 'connected-compute/fence',
  /** `none` is what the network rule selects. */
  network: 'connected-compute/network',
} as const;
export const NETWORK_RULE = 'connected-compute-network-none';

/** A user that no image has: files of the images belong to others. */
const USER = 65_532;
const GRACE_S = 10;
/** What is finished or was forgotten goes by itself after this. */
const KEPT_AFTER_END_S = 600;
const WORK_LIMIT = '10Gi';
const TMP_LIMIT = '2Gi';
/** A job that writes more to its output than this is ended by its cluster. */
const LOG_LIMIT = '1Gi';
/** The one program of ours, and what starts the job. */
const CONTROL_LIMIT = '32Mi';
const HELPER_RESOURCES = {
  requests: { cpu: '50m', memory: '64Mi' },
  limits: { cpu: '500m', memory: '64Mi' },
};

export interface PodPlan {
  /** Of the Job and, by its label, of its pod. */
  name: string;
  labels: Readonly<Record<string, string>>;
  /** `open` only for the try that shows that there is a network to be cut. */
  network: 'none' | 'open';
  image: string;
  /** Whether the image may be fetched, or has to be in the cluster already. */
  mayFetch: boolean;
  helperImage: string;
  limits: Limits;
  /** Ends it, should nobody else. */
  deadlineS: number;
  /** How long it goes on without hearing from its runner. */
  silenceS: number;
}

/** The label's value for a runner. */
export const runnerLabel = (sessionId: string): string =>
  createHash('sha256').update(sessionId).digest('hex').slice(0, 32);

/** A name as a cluster takes it: ids are told apart without their case. */
export const podName = (leaseId: string, fence: number): string =>
  `cc-${leaseId.toLowerCase().replaceAll('_', '-')}-${fence}`.slice(0, 63);

const HELD = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};

/** Asks meshes to put nothing of theirs beside the job, and whoever makes clusters smaller not to move it. */
const LEFT_ALONE = {
  'sidecar.istio.io/inject': 'false',
  'linkerd.io/inject': 'disabled',
  'cluster-autoscaler.kubernetes.io/safe-to-evict': 'false',
};

const mount = (name: string, mountPath: string, readOnly = false) => ({ name, mountPath, readOnly });

function helperContainer(name: string, image: string, command: string[], mounts: ReturnType<typeof mount>[]) {
  return {
    name,
    image,
    imagePullPolicy: 'IfNotPresent',
    command,
    workingDir: '/',
    resources: HELPER_RESOURCES,
    securityContext: HELD,
    volumeMounts: mounts,
  };
}

function jobContainer({ image, mayFetch, limits }: PodPlan) {
  const resources = { cpu: `${limits.cpuMilli}m`, memory: String(limits.memoryBytes) };
  return {
    name: CONTAINER.job,
    image,
    imagePullPolicy: mayFetch ? 'IfNotPresent' : 'Never',
    // Nothing of the job stands here: its words and its environment are read from memory.
    command: [`${CONTROL_INSIDE}/busybox`, 'sh', '-c', JOB_SCRIPT],
    workingDir: HELPER_FILES.work,
    resources: { requests: resources, limits: resources },
    securityContext: HELD,
    terminationMessagePolicy: 'File',
    volumeMounts: [
      mount('work', HELPER_FILES.work),
      mount('tmp', HELPER_FILES.tmp),
      mount('control', CONTROL_INSIDE, true),
    ],
  };
}

/** The pod of one attempt: who it runs as, what it may, and where its files lie. */
function podSpec(plan: PodPlan) {
  const { work, tmp, control, log } = HELPER_FILES;
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    terminationGracePeriodSeconds: GRACE_S,
    // With no network there is no name to be asked for; the address is this pod's own, where nobody answers.
    ...(plan.network === 'none' ? { dnsPolicy: 'None', dnsConfig: { nameservers: ['127.0.0.1'] } } : {}),
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    volumes: [
      { name: 'work', emptyDir: { sizeLimit: WORK_LIMIT } },
      { name: 'tmp', emptyDir: { sizeLimit: TMP_LIMIT } },
      { name: 'log', emptyDir: { sizeLimit: LOG_LIMIT } },
      { name: 'control', emptyDir: { medium: 'Memory', sizeLimit: CONTROL_LIMIT } },
    ],
    initContainers: [
      helperContainer(CONTAINER.prepare, plan.helperImage, helper(PREPARE_SCRIPT), [
        mount('control', control),
        mount('log', log),
      ]),
    ],
    containers: [
      jobContainer(plan),
      helperContainer(CONTAINER.beside, plan.helperImage, helper(BESIDE_SCRIPT, String(plan.silenceS)), [
        mount('work', work),
        mount('tmp', tmp),
        mount('control', control),
        mount('log', log),
      ]),
    ],
  };
}

/** The Job of one attempt. It is tried once: whether there is another try is for the control plane to say. */
export function jobManifest(plan: PodPlan, namespace: string) {
  const labels = {
    'app.kubernetes.io/managed-by': 'connected-compute',
    ...plan.labels,
    [LABEL.network]: plan.network,
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: plan.name, namespace, labels },
    spec: {
      backoffLimit: 0,
      completions: 1,
      parallelism: 1,
      activeDeadlineSeconds: plan.deadlineS,
      ttlSecondsAfterFinished: KEPT_AFTER_END_S,
      template: {
        metadata: { labels: { ...labels, [LABEL.job]: plan.name }, annotations: LEFT_ALONE },
        spec: podSpec(plan),
      },
    },
  };
}

/** The rule that cuts the network of every pod with the label: nothing comes in, nothing goes out, names included. */
export const networkRule = (namespace: string) => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: {
    name: NETWORK_RULE,
    namespace,
    labels: { 'app.kubernetes.io/managed-by': 'connected-compute' },
  },
  spec: {
    podSelector: { matchLabels: { [LABEL.network]: 'none' } },
    policyTypes: ['Ingress', 'Egress'],
  },
});
