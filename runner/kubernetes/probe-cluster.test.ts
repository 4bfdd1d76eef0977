import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../clock.ts';
import { HELPER_IMAGE, StandInCluster } from '../testing/stand-in-cluster.ts';
import { findCluster } from './kept-cluster.ts';
import { probeCluster } from './probe-cluster.ts';

let cluster: StandInCluster;
beforeEach(async () => {
  cluster = await StandInCluster.start();
});
afterEach(async () => {
  expect([cluster.jobs.size, cluster.pods.size]).toEqual([0, 0]);
  await cluster.close();
});
const probe = (more: object = {}) => probeCluster({ ...cluster.settings, ...more }, {}, systemClock);

describe.runIf(process.platform === 'linux')('the probe of a cluster, against a stand-in for the API', () => {
  test('finds one whose pods hold, and leaves nothing but its network rule', async () => {
    expect(await probe()).toEqual({
      cluster: { settings: cluster.settings, version: 'v1.32.0', targets: [] },
      why: null,
    });
    expect([...cluster.rules.keys()]).toEqual(['connected-compute-network-none']);
  }, 60_000);

  test('believes no cluster that takes network rules and does not enforce them', async () => {
    cluster.enforcesRules = false;
    const { cluster: found, why } = await probe();
    expect(found).toBeNull();
    expect(why).toMatch(/^The cluster does not enforce network rules: .* reaches 127\.0\.0\.1:\d+$/);
  }, 60_000);

  test('believes none where no pod reaches anything: then a rule proves nothing', async () => {
    cluster.isSilentInside = true;
    expect((await probe()).why).toContain('cannot be seen');
  }, 60_000);

  test('says what is missing: image, rights, the API itself', async () => {
    const other = `registry.example/none@sha256:${'c'.repeat(64)}`;
    expect((await probe({ helperImage: other })).why).toContain('ImagePullBackOff');
    const path = join(cluster.kubeconfig, '../other.json');
    const config = JSON.stringify({
      'current-context': 'x',
      contexts: [{ name: 'x', context: { cluster: 'x', user: 'x', namespace: 'jobs' } }],
      clusters: [{ name: 'x', cluster: cluster.clusterJson }],
      users: [{ name: 'x', user: { token: 'another' } }],
    });
    writeFileSync(path, config, { mode: 0o600 });
    expect((await probe({ kubeconfig: path })).why).toContain('401 Unauthorized');
    writeFileSync(path, config.replace(cluster.url, 'https://127.0.0.1:9'));
    expect((await probe({ kubeconfig: path })).why).toContain('ECONNREFUSED');
    const stranger = config.replace(/"certificate-authority-data":"[^"]*"/, '"x":""');
    writeFileSync(path, stranger);
    expect((await probe({ kubeconfig: path })).why).toMatch(/SELF_SIGNED|self-signed/);
  }, 60_000);

  test('is kept for an hour, as long as the API answers', async () => {
    const path = join(cluster.kubeconfig, '../kept.json');
    const find = () => findCluster(cluster.settings, {}, systemClock, path, false);
    const first = await find();
    const calls = cluster.calls.length;
    expect(await find()).toEqual(first);
    expect(cluster.calls.slice(calls)).toEqual(['GET /version']);
    cluster.isDown = true;
    expect(await find()).toMatchObject({ cluster: null, why: expect.stringContaining('503') });
    cluster.isDown = false;
    expect(HELPER_IMAGE).toBe(first.cluster?.settings.helperImage);
  }, 60_000);
});
