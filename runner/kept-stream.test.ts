import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { keptStream, whenRead } from './kept-stream.ts';

test('keeps what a child wrote until somebody reads it, also long after its end', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdout.write("x".repeat(200_000) + "end")']);
  const kept = keptStream(child.stdout as Readable);
  await new Promise((resolve) => child.once('exit', resolve));
  // Two turns of the loop: what is unread is thrown away in the first.
  for (let i = 0; i < 2; i += 1) await new Promise(setImmediate);
  let text = '';
  kept.on('data', (bytes) => (text += bytes));
  await whenRead(kept);
  expect([text.length, text.slice(-4)]).toEqual([200_003, 'xend']);
});

test('is over with a stream that was destroyed', async () => {
  const child = spawn(process.execPath, ['-e', '']);
  const kept = keptStream(child.stdout as Readable);
  kept.destroy();
  await expect(whenRead(kept, kept)).resolves.toBeUndefined();
});
