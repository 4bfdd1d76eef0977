import { RunnerError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { ClusterSettings } from './cluster-access.ts';

/** What `doctor` and `run` take for jobs in a cluster. */
export const CLUSTER_OPTIONS = {
  '--kube-helper': 'value',
  '--kubeconfig': 'value',
  '--kube-namespace': 'value',
} as const;
const IMAGE = /^[a-z0-9][a-z0-9._-]*(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)*@sha256:[0-9a-f]{64}$/;

/** Reads the settings of a cluster; null where none is named. Throws RunnerError 64. */
export function clusterSettings(values: ReadonlyMap<string, string>): ClusterSettings | null {
  const helperImage = values.get('--kube-helper');
  const kubeconfig = values.get('--kubeconfig') ?? null;
  const namespace = values.get('--kube-namespace') ?? null;
  if (helperImage === undefined) {
    if (kubeconfig === null && namespace === null) return null;
    throw new RunnerError(
      EXIT.usage,
      'Jobs in a cluster need --kube-helper too: an image by digest with a static /bin/busybox.',
    );
  }
  if (!IMAGE.test(helperImage))
    throw new RunnerError(EXIT.usage, '--kube-helper must name an image with its digest, like host/busybox@sha256:….');
  return { kubeconfig, namespace, helperImage };
}
