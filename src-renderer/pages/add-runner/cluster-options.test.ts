import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { clusterErrors, readCluster, withCluster } from './cluster-options.ts';

const helper = `registry.example/busybox@sha256:${'c'.repeat(64)}`;
const NONE = { helper: '', kubeconfig: '', namespace: '' };
const set = (say: string) => ({ connect: `${say} connect`, doctor: `${say} doctor`, run: `${say} run --once` });
const commands = { bash: set(`printf '%s|'`), powershell: set('echo') };

it('adds the cluster to doctor and run, as a real shell reads it', () => {
  const { bash } = withCluster(commands, { helper, kubeconfig: `/etc/it's a/kube.json`, namespace: 'jobs' });
  const read = execFileSync('bash', ['-c', bash.run], { encoding: 'utf8' }).split('|').slice(0, -1);
  expect(read).toEqual([
    'run',
    '--once',
    '--kube-helper',
    helper,
    '--kubeconfig',
    `/etc/it's a/kube.json`,
    '--kube-namespace',
    'jobs',
  ]);
  expect(bash.doctor).toContain('doctor \\\n  --kube-helper');
  expect(bash.connect).toBe(commands.bash.connect);
});

it('goes on in the next line and quotes as PowerShell does', () => {
  const { powershell } = withCluster(commands, { ...NONE, helper, kubeconfig: `C:\\it's\\kube.json` });
  expect(powershell.doctor).toBe(`echo doctor \`\n  --kube-helper ${helper} --kubeconfig 'C:\\it''s\\kube.json'`);
});

it('leaves the commands alone without a cluster, and where a field is wrong', () => {
  for (const draft of [NONE, { ...NONE, helper: 'busybox:latest' }, { ...NONE, namespace: 'jobs' }])
    expect(withCluster(commands, draft)).toBe(commands);
  expect(clusterErrors({ ...NONE, helper: 'busybox:latest', namespace: 'No Such' })).toEqual({
    helper: expect.stringContaining('digest'),
    namespace: expect.any(String),
  });
  expect(clusterErrors({ ...NONE, kubeconfig: '/k' })).toHaveProperty('helper');
});

it('comes from the address', () => {
  expect(readCluster(new URLSearchParams({ helper, namespace: 'jobs' }))).toEqual({
    helper,
    kubeconfig: '',
    namespace: 'jobs',
  });
});
