import { expect, test } from 'vitest';
import { NO_CAPABILITIES } from '../confinement/capabilities.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { clusterChecker } from './cluster.ts';

const checkWith = (why: string | null) => {
  const detail: Record<string, string> = why === null ? {} : { cluster: why };
  const settings = { kubeconfig: null, namespace: null, helperImage: 'x' };
  const cluster = why === null ? { settings, version: 'v1.32.0', targets: [] } : null;
  const posture = { ...NO_CAPABILITIES.posture, detail };
  return clusterChecker.check(doctorContext({ capabilities: async () => ({ ...NO_CAPABILITIES, posture, cluster }) }));
};

test('passes with a cluster that was tried', async () => {
  expect(await checkWith(null)).toMatchObject({ passed: true, detail: expect.stringContaining('v1.32.0'), fix: null });
});

test.each([
  ['The cluster answered 403 Forbidden: pods is forbidden', /pods\/exec get, create/],
  [
    'The cluster does not enforce network rules: a pod whose network is to be cut reaches 10.0.0.1:443',
    /NetworkPolicy/,
  ],
  ['A container beside the job could not be started (ImagePullBackOff): no such image', /--kube-helper/],
  ['The helper image has no static /bin/busybox', /--kube-helper/],
  ['/x/config is not JSON, which is the form that is read here', /--kubeconfig FILE/],
  ["The cluster's API gave no answer (ECONNREFUSED)", /--kubeconfig FILE/],
  ['something else', /Mend what these words name/],
])('says how to mend: %s', async (why, fix) => {
  const found = await checkWith(why);
  expect(found).toMatchObject({ passed: false, detail: `No Kubernetes jobs run here: ${why}.` });
  expect(found.fix).toMatch(fix);
});

test('looks only where a cluster is named, and is never required', () => {
  expect(clusterChecker.required).toBe(false);
  expect([false, true].map((hasCluster) => clusterChecker.applicable(doctorContext({ hasCluster })))).toEqual([
    false,
    true,
  ]);
});
