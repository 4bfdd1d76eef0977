import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock, systemTimers } from './clock.ts';
import { setPaused } from './commands/govern.ts';
import { Host } from './host.ts';
import { systemRandom } from './random.ts';

/** As many entries as lie between two snapshots. */
const ENTRIES = 20_000;
const ACTOR = { kind: 'operator' as const, id: 'ada' };

const open = (dataDir: string) =>
  Host.open({
    dataDir,
    version: '0.0.0-test',
    hostedBy: 'serve',
    clock: systemClock,
    timers: systemTimers,
    random: systemRandom,
  });

test('a plane that is stopped while it writes a snapshot lets that one end first', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'cc-snapshot-'));
  try {
    const host = await open(dataDir);
    const { workspace } = host.workspaces()[0] as ReturnType<Host['workspaces']>[number];
    await workspace.run((ctx) => {
      for (let n = 0; n < ENTRIES; n++) setPaused(ctx, ACTOR, n % 2 === 0, null);
    });
    workspace.tick();
    await expect(host.close()).resolves.toBeUndefined();
    await (await open(dataDir)).close();
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
});
