import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ExtractRules, extractTar } from './tar-extract.ts';
import { TarWriter } from './tar-write.ts';

let folder: string;
let into: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-tar-'));
  into = join(folder, 'into');
  mkdirSync(into);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RULES: ExtractRules = { wants: () => true, limitBytes: 1_000_000, limitFiles: 100 };
const bytesOf = async (archive: TarWriter): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of archive.bytes()) chunks.push(chunk);
  return Buffer.concat(chunks);
};
const extract = (bytes: Buffer, rules = RULES) =>
  extractTar(Readable.from([bytes]) as AsyncIterable<Buffer>, into, rules);
const LONG = `${'d'.repeat(120)}/${'f'.repeat(130)}`;

describe.each(['tar', 'busybox'])('with %s', (program) => {
  const tar = (args: string[], input?: Buffer): Buffer =>
    execFileSync(program, [...(program === 'busybox' ? ['tar'] : []), ...args], { input, maxBuffer: 1e8 });

  test('an archive of ours is read, with long names, links and rights', async () => {
    const from = join(folder, 'from');
    mkdirSync(join(from, 'a/empty'), { recursive: true });
    mkdirSync(join(from, LONG, '..'), { recursive: true });
    writeFileSync(join(from, LONG), 'x'.repeat(513));
    writeFileSync(join(from, 'a/run'), '#!/bin/sh\n');
    chmodSync(join(from, 'a/run'), 0o755);
    symlinkSync('t'.repeat(150), join(from, 'a/link'));
    const archive = new TarWriter();
    archive.addFolder(from, 'job');
    archive.addText('cc/text', 'ü');
    const bytes = await bytesOf(archive);
    expect(bytes.length).toBe(archive.sizeBytes);
    tar(['-xf', '-', '-C', into], bytes);
    expect(readFileSync(join(into, 'job', LONG), 'utf8')).toBe('x'.repeat(513));
    expect(readlinkSync(join(into, 'job/a/link'))).toBe('t'.repeat(150));
    expect(lstatSync(join(into, 'job/a/run')).mode & 0o111).toBe(0o100);
    expect([readdirSync(join(into, 'job/a/empty')), readFileSync(join(into, 'cc/text'), 'utf8')]).toEqual([[], 'ü']);
  });

  test('an archive of theirs is read, whatever pieces it comes in', async () => {
    const from = join(folder, 'from');
    mkdirSync(join(from, LONG, '..'), { recursive: true });
    writeFileSync(join(from, LONG), 'long');
    writeFileSync(join(from, 'big'), Buffer.alloc(70_000, 'b'));
    const bytes = tar(['-cf', '-', '-C', from, '.']);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 777) }, (_, i) =>
      bytes.subarray(i * 777, i * 777 + 777),
    );
    await extractTar(Readable.from(pieces) as AsyncIterable<Buffer>, into, RULES);
    expect([readFileSync(join(into, LONG), 'utf8'), lstatSync(join(into, 'big')).size]).toEqual(['long', 70_000]);
  });
});

/** An archive with one entry after the other, whatever it says. */
async function hostile(...entries: { name: string; link?: string; text?: string }[]): Promise<Buffer> {
  const blocks: Buffer[] = [];
  for (const { name, link, text = '' } of entries) {
    const archive = new TarWriter();
    archive.addText(name, text);
    const bytes = (await bytesOf(archive)).subarray(0, -1024);
    if (link !== undefined) {
      bytes.write('2', 156, 'latin1');
      bytes.write(link, 157, 'latin1');
    }
    blocks.push(bytes);
  }
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

describe('an archive that a stranger filled', () => {
  test('writes nothing above, beside or through a link', async () => {
    const outside = join(folder, 'outside');
    mkdirSync(outside);
    const bytes = await hostile(
      { name: '../outside/a', text: 'x' },
      { name: `${outside}/b`, text: 'x' },
      { name: 'ok/../../outside/c', text: 'x' },
      { name: 'fine', text: 'fine' },
    );
    await extract(bytes);
    expect([readdirSync(outside), readdirSync(into)]).toEqual([[], ['fine']]);
    rmSync(into, { recursive: true });
    mkdirSync(into);
    await expect(extract(await hostile({ name: 'd', link: outside }, { name: 'd/e', text: 'x' }))).rejects.toThrow(
      'EEXIST',
    );
    expect(readdirSync(outside)).toEqual([]);
  });

  test('is ended by its limits, and one that is cut off is none', async () => {
    const one = await hostile({ name: 'a', text: 'x'.repeat(2_000) });
    await expect(extract(one, { ...RULES, limitBytes: 1_000 })).rejects.toThrow('larger than');
    const two = await hostile({ name: 'b' }, { name: 'c' });
    await expect(extract(two, { ...RULES, limitFiles: 1 })).rejects.toThrow('more than 1 outputs');
    for (const bytes of [one.subarray(0, 512), one.subarray(0, 1_000), Buffer.alloc(0), Buffer.alloc(511)]) {
      rmSync(join(into, 'a'), { force: true });
      await expect(extract(bytes)).rejects.toThrow('cut off');
    }
    await expect(extract(Buffer.alloc(1_024))).resolves.toBeUndefined();
  });

  test('gives only what is wanted', async () => {
    const rules = { ...RULES, wants: (name: string) => name.startsWith('out/') };
    await extract(await hostile({ name: 'in.txt' }, { name: './out/x', text: 'x' }), rules);
    expect(readdirSync(into)).toEqual(['out']);
  });
});
