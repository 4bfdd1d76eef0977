import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exchange } from '../../test/helpers/checked-call.ts';
import { LogError } from '../ledger/errors.ts';
import type { HostedWorkspace } from '../plane/host.ts';
import { serveOptions } from './serve-options.ts';
import { type RunningPlane, startPlane } from './start-plane.ts';

let dataDir: string;
let plane: RunningPlane;
let failed: unknown[];
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cc-start-'));
  failed = [];
  plane = await startPlane(
    serveOptions(['--data-dir', dataDir, '--anchor-dir', join(dataDir, 'anchors')]),
    'serve',
    (error) => failed.push(error),
  );
});
afterEach(async () => {
  await plane.stop().catch(() => undefined);
  rmSync(dataDir, { recursive: true, force: true });
});

async function pause(hosted: HostedWorkspace): Promise<number> {
  const { token } = await plane.host.operators.create('ada', 'olaf', 'operator');
  const port = Number(new URL(plane.url).port);
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': '2' };
  const path = `/api/v1/workspaces/${hosted.workspaceId}/pause`;
  return (await exchange(port, 'POST', path, headers, '{}')).status;
}

test('a disk that fails is told to the process once, answers no 2xx, and the stop still ends', async () => {
  const hosted = plane.host.workspaces()[0] as HostedWorkspace;
  hosted.workspace.engine.log.append = () => Promise.reject(new LogError('storage.failed', 'the test broke the disk'));
  expect(await pause(hosted)).toBe(503);
  expect(failed).toHaveLength(1);
  await plane.stop().catch(() => undefined);
  // The folder is free for the next process.
  plane = await startPlane(
    serveOptions(['--data-dir', dataDir, '--anchor-dir', join(dataDir, 'anchors')]),
    'serve',
    () => undefined,
  );
  expect(plane.host.workspaces()[0]?.workspaceId).toBe(hosted.workspaceId);
});

test('a disk that fails under the log of the plane itself is told as well', async () => {
  const { planeLog } = plane.host as unknown as { planeLog: { log: { append: () => Promise<void> } } };
  planeLog.log.append = () => Promise.reject(new LogError('storage.failed', 'the test broke the disk'));
  await expect(plane.host.operators.create('ada', 'olaf', 'viewer')).rejects.toMatchObject({ code: 'storage.failed' });
  expect(failed).toHaveLength(1);
});

test('stopping twice is stopping once', async () => {
  await Promise.all([plane.stop(), plane.stop()]);
  await plane.stop();
});
