import { type Checker, failed, passed } from './checker.ts';

const FIX_SETTINGS =
  'Run this runner in a pod, or give --kubeconfig FILE with the token of a service account, in JSON form: ' +
  'kubectl config view --raw --minify --flatten -o json >FILE && chmod 600 FILE. Then run doctor again.';
const FIX_RIGHTS =
  'Give its account these rights in the namespace: jobs and pods get, list, create, delete; pods/exec get, create; ' +
  'networkpolicies get, create, delete. Then run doctor again.';
const FIX_NETWORK =
  'Use a cluster whose network enforces NetworkPolicy (Calico, Cilium and others do), then run doctor again.';
const FIX_IMAGE =
  'Name with --kube-helper an image by digest that the cluster can fetch and that has a static /bin/busybox, such as ' +
  'busybox in its musl variant. Then run doctor again.';
const FIX_OTHER = 'Mend what these words name, then run doctor again.';

const FIXES: readonly [RegExp, string][] = [
  [/ 40[13] /, FIX_RIGHTS],
  [/network/i, FIX_NETWORK],
  [/image|beside the job|could not be started/i, FIX_IMAGE],
  [/kubeconfig|not JSON|no answer|in a pod of a cluster|open to other users/i, FIX_SETTINGS],
];

/** Tries whether the cluster holds what jobs are promised: real pods, one of which looks for a way out. */
export const clusterChecker: Checker = {
  id: 'cluster',
  name: 'Cluster (tried)',
  category: 'boundary',
  required: false,
  // Without --kube-helper this source is not meant to run Kubernetes jobs.
  applicable: ({ hasCluster }) => hasCluster,
  check: async ({ capabilities }) => {
    const { cluster, posture } = await capabilities();
    const why = posture.detail?.cluster ?? 'no reason was given';
    if (cluster === null)
      return failed(`No Kubernetes jobs run here: ${why}.`, FIXES.find(([words]) => words.test(why))?.[1] ?? FIX_OTHER);
    return passed(
      `Kubernetes ${cluster.version} holds network none, a read-only root and no rights, tried with two pods.`,
    );
  },
};
