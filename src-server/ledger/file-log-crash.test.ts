import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyChain } from './chain.ts';
import { openFileLog } from './open-file-log.ts';
import { bundleTestScript } from './testing/bundle-test-script.ts';
import { tempDirectory } from './testing/ledger-test-kit.ts';

const KILLS = 5;
const temp = tempDirectory();
let script = '';
beforeAll(async () => {
  script = await bundleTestScript('ledger-child.ts', temp.path);
});
afterAll(() => temp.remove());

describe('kill -9 of a writer', () => {
  it('loses nothing that was acknowledged', async () => {
    let acknowledged = -1;
    for (let kill = 0; kill < KILLS; kill++) {
      const child = spawn(process.execPath, [script, 'write', temp.path], { stdio: ['ignore', 'pipe', 'inherit'] });
      const killAt = acknowledged + 200 + kill * 531;
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (data: string) => {
        text += data;
        const last = /ack (\d+)\n$/.exec(data);
        if (last && Number(last[1]) >= killAt) child.kill('SIGKILL');
      });
      const [, signal] = await once(child, 'close');
      expect(signal).toBe('SIGKILL');
      const acks = [...text.matchAll(/ack (\d+)\n/g)].map((match) => Number(match[1]));
      expect(acks).toEqual(acks.map((_, i) => acks[0]! + i));
      acknowledged = acks.at(-1)!;
      const { log } = await openFileLog({ directory: `${temp.path}/log`, nowMs: () => 0 });
      expect(log.nextSeq).toBeGreaterThan(acknowledged);
      expect(verifyChain(log.read(0)).fault).toBeNull();
      await log.close();
    }
  });
});
