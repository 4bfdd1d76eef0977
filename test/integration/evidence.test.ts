import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DataCheck, inspect } from '../../src-server/cli/inspect-data.ts';
import { runCommand } from '../../src-server/cli/run-command.ts';
import { parseCheckpoint } from '../../src-server/ledger/note/checkpoint.ts';
import { cosign, cosignaturesOf, witnessName } from '../../src-server/ledger/note/cosignature.ts';
import { parseNote, verifyNote } from '../../src-server/ledger/note/signed-note.ts';
import { leafHash } from '../../src-server/ledger/tree/hashes.ts';
import { verifyConsistency, verifyInclusion } from '../../src-server/ledger/tree/verify-proof.ts';
import { EvidenceCheck } from '../../src-server/plane/check/evidence.ts';
import { type PlaneOptions, PlaneUnderTest } from '../helpers/plane-under-test.ts';
import type { RunnerUnderTest } from '../helpers/runner-under-test.ts';

const raw = (base64: string): Buffer => Buffer.from(base64, 'base64');
const rawAll = (list: readonly string[]): Buffer[] => list.map(raw);

describe('what a stranger can check', () => {
  let plane: PlaneUnderTest;
  let runner: RunnerUnderTest;
  beforeAll(async () => {
    plane = await PlaneUnderTest.start();
    runner = await plane.runner('laptop');
    for (let n = 0; n < 4; n++) await plane.submit();
  });
  afterAll(() => plane.close());
  const logKey = (): Buffer => raw(plane.host.key.publicKeyBase64);
  const origin = (): string => `connected-compute/${plane.workspaceId}`;

  test('the checkpoint is signed by the plane, and every entry is proven against it', async () => {
    for (const seq of [0, 1, 5, plane.hosted.workspace.engine.nextSeq - 1]) {
      const { json } = await plane.call('evidenceProof', { params: { seq: String(seq) } });
      const note = parseNote(json.checkpoint);
      const { size, root } = parseCheckpoint(note.text);
      expect(verifyNote(note, origin(), logKey())).toBe(true);
      expect([json.size, json.root]).toEqual([size, root.toString('base64')]);
      const item = await plane.call('evidenceItem', { params: { seq: String(seq) } });
      const leaf = leafHash(Buffer.from(item.json.line));
      expect(leaf.toString('base64')).toBe(json.leaf_hash);
      expect(verifyInclusion({ leafHash: leaf, index: seq, size, proof: rawAll(json.inclusion), root })).toBe(true);
    }
  });

  test('a longer log is proven to begin with a shorter one', async () => {
    const { size } = plane.hosted.workspace.engine.tree;
    for (const [from, to] of [
      [1, size],
      [3, 7],
      [size, size],
      [0, 5],
    ] as const) {
      const { json } = await plane.call('evidenceConsistency', { query: { from: String(from), to: String(to) } });
      const claim = { fromSize: from, fromRoot: raw(json.from_root), toSize: to, toRoot: raw(json.to_root) };
      expect(verifyConsistency({ ...claim, proof: rawAll(json.consistency) })).toBe(true);
    }
    expect((await plane.call('evidenceConsistency', { query: { from: '5', to: '4' } })).code).toBe('field.invalid');
    expect((await plane.call('evidenceConsistency', { query: { from: '0', to: '99999' } })).code).toBe('field.invalid');
    expect((await plane.call('evidenceProof', { params: { seq: '99999' } })).code).toBe('not_found');
  });

  test('a runner cosigns what it saw, once, and the served checkpoint says so', async () => {
    await plane.call('evidenceCheckpoint');
    const { json } = await runner.call('witness', { query: { size: '3' } });
    const note = parseNote(json.checkpoint);
    const { size, root } = parseCheckpoint(note.text);
    const fromRoot = plane.hosted.workspace.engine.tree.root(3);
    const claim = { fromSize: 3, fromRoot, toSize: size, toRoot: root, proof: rawAll(json.consistency) };
    expect(verifyConsistency(claim)).toBe(true);
    const name = witnessName(plane.workspaceId, runner.sessionId);
    const cosignature = cosign(note.text, 1_700_000_000, {
      name,
      publicKey: raw(runner.publicKey),
      sign: (bytes) => raw(runner.prove(Buffer.from(bytes).toString())),
    });
    const body = { checkpoint_size: size, cosignature };
    expect((await runner.call('witnessCosign', { body })).json.recorded).toBe(true);
    expect((await runner.call('witnessCosign', { body })).json.recorded).toBe(false);
    const forged = { ...body, cosignature: cosignature.replace(/.{6}\n$/, 'AAAA==\n') };
    expect((await runner.call('witnessCosign', { body: forged })).code).toBe('proof.invalid');
    expect((await runner.call('witnessCosign', { body: { ...body, checkpoint_size: 1 } })).code).toBe('not_found');
    const served = parseNote((await plane.call('evidenceCheckpoint')).text);
    expect(cosignaturesOf(served).map((line) => line.name)).toEqual([name]);
    expect(verifyNote(served, origin(), logKey())).toBe(true);
    expect(plane.entriesOf('witness.cosigned').length).toBe(1);
  });

  test('a witness that saw more than there is gets what there is, to judge by itself', async () => {
    const { json } = await runner.call('witness', { query: { size: '100000' } });
    expect(json.consistency).toEqual([]);
    expect(parseCheckpoint(parseNote(json.checkpoint).text).size).toBeLessThan(100_000);
  });

  test('the log alone, read again, confirms each checkpoint and cosignature in it', () => {
    const { engine } = plane.hosted.workspace;
    const log = {
      *read(from: number, to: number) {
        for (let seq = from; seq < to; seq++) yield { seq, line: engine.line(seq) };
      },
    };
    const judge = (change: (line: Buffer) => Buffer): EvidenceCheck => {
      const check = new EvidenceCheck(plane.workspaceId, [logKey()], log);
      for (const { seq, line } of log.read(0, engine.nextSeq)) check.take({ seq, line: change(line) });
      return check;
    };
    const sound = judge((line) => line);
    expect([sound.violations, sound.checkpoints > 0, sound.cosignatures]).toEqual([[], true, 1]);
    expect(sound.root()).toEqual(engine.tree.root());
    const changed = judge((line) => Buffer.from(line.toString().replace('WU-101', 'WU-999')));
    expect(changed.violations[0]?.invariant).toBe('I27');
  });
});

describe('an older copy of the data directory', () => {
  const doctorSays = async (dataDir: string, anchorDir: string): Promise<string> => {
    const said: string[] = [];
    const line = (text: string) => void said.push(text);
    const printer = { line, note: () => undefined, json: () => undefined, raw: () => undefined };
    await runCommand(['doctor', '--data-dir', dataDir, '--anchor-dir', anchorDir], printer);
    return said.join('\n');
  };
  const start = (options: PlaneOptions): Promise<PlaneUnderTest> => PlaneUnderTest.start(options);

  test('is refused by what stands outside of it, also when it has grown another history since', async () => {
    const plane = await start({});
    const { dataDir } = plane;
    const anchorDir = `${dataDir}-anchor`;
    const copy = `${dataDir}-copy`;
    try {
      await plane.submit();
      await plane.stop();
      cpSync(dataDir, copy, { recursive: true });
      const later = await start({ dataDir, anchorDir });
      for (let n = 0; n < 3; n++) await later.submit();
      await later.stop();
      const before = readFileSync(`${copy}/plane.key`);
      await expect(start({ dataDir: copy, anchorDir })).rejects.toMatchObject({ code: 'ledger.rolled_back' });
      expect(await doctorSays(dataDir, anchorDir)).toMatch(
        /✓ anchor\.ws_\w+: begins with the \d+ entries[\s\S]*Doctor: (\d+) of \1 /,
      );
      expect(await doctorSays(copy, anchorDir)).toMatch(
        /✗ anchor\.ws_\w+: the log holds \d+ entries, and \d+ were signed once/,
      );
      expect(readFileSync(`${copy}/plane.key`)).toEqual(before);
      // With the check disabled by hand it goes on; a check that is back sees another history.
      const forked = await start({ dataDir: copy, anchorDir: `${copy}-elsewhere` });
      for (let n = 0; n < 40; n++) await forked.submit();
      await forked.stop();
      await expect(start({ dataDir: copy, anchorDir })).rejects.toMatchObject({ code: 'ledger.rolled_back' });
      expect(await doctorSays(copy, anchorDir)).toMatch(/✗ anchor\.ws_\w+: its first \d+ entries are not those/);
      const again = await start({ dataDir, anchorDir });
      await again.stop();
    } finally {
      for (const path of [dataDir, anchorDir, copy, `${copy}-elsewhere`])
        rmSync(path, { recursive: true, force: true });
    }
  });

  test('is taken up by recover only, with fences far ahead, a new key, and a record of it', async () => {
    const plane = await start({});
    const { dataDir } = plane;
    const anchorDir = `${dataDir}-anchor`;
    const copy = `${dataDir}-copy`;
    const said: string[] = [];
    const printer = {
      line: (s: string) => void said.push(s),
      note: (s: string) => void said.push(s),
      json: () => undefined,
      raw: () => undefined,
    };
    try {
      await plane.stop();
      cpSync(dataDir, copy, { recursive: true });
      const later = await start({ dataDir, anchorDir });
      for (let n = 0; n < 3; n++) await later.submit();
      const key = later.host.key.fingerprint;
      const { size } = later.hosted.workspace.engine.tree;
      await later.stop();
      const flags = ['recover', '--data-dir', copy, '--anchor-dir', anchorDir];
      expect(await runCommand([...flags, '--reason', 'lost'], printer)).toBe(64);
      expect(said[0]).toMatch(/every runner has to be enrolled again/);
      expect(await runCommand([...flags, '--accept-rollback', '--reason', 'the disk was lost'], printer)).toBe(0);
      const recovered = await start({ dataDir: copy, anchorDir });
      expect(recovered.host.key.fingerprint).not.toBe(key);
      const [entry] = recovered.entriesOf('integrity.checked');
      const { to, rolled_back_from: from, fence, reason } = entry?.events[0]?.body ?? {};
      expect([Number(from) >= size, Number(to) < Number(from), fence, reason]).toEqual([
        true,
        true,
        2 ** 20,
        'the disk was lost',
      ]);
      expect(recovered.hosted.workspace.engine.state.head.fence).toBe(2 ** 20);
      await recovered.call('evidenceCheckpoint');
      await recovered.stop();
      const again = await start({ dataDir: copy, anchorDir });
      await again.stop();
      expect(await runCommand(['doctor', '--deep', '--data-dir', copy], printer)).toBe(0);
      expect(said.join('\n')).toMatch(/✓ evidence\.ws_.*: the tree over \d+ entries confirms \d+ checkpoints/);
    } finally {
      for (const path of [dataDir, anchorDir, copy, `${copy}-elsewhere`])
        rmSync(path, { recursive: true, force: true });
    }
  });
});

describe('doctor --deep', () => {
  const checkOf = (checks: DataCheck[], id: string) => checks.find((c) => c.id.startsWith(id));

  test('compares artifacts, output and receipts with the log, and names what differs', async () => {
    const plane = await PlaneUnderTest.start();
    const { dataDir } = plane;
    try {
      const runner = await plane.runner('laptop-1');
      await plane.submit({ outputs: ['*'] });
      const assignment = await runner.claimOne();
      const { lease } = assignment;
      await runner.onLease('start', lease.lease_id, { fence: lease.fence });
      await runner.onLease('logPut', lease.lease_id, {
        fence: lease.fence,
        stream: 'stdout',
        offset: 0,
        data: 'said\n',
      });
      const outputs = [(await runner.artifact(lease, 'report.txt', Buffer.from('report'))).json];
      const ended = await runner.complete(lease, { outputs, run_receipt: runner.receipt(assignment, { outputs }) });
      await plane.stop();
      const whole = await inspect(dataDir, true);
      expect(whole.filter((c) => !c.passed)).toEqual([]);
      expect(checkOf(whole, 'kept.')?.detail).toBe(
        '3 artifacts, logs and receipts have the bytes of their digests, 1 receipts are signed by their runners, 0 are not kept any more',
      );
      expect(checkOf(whole, 'evidence.ws_plane')?.detail).toMatch(/confirms [1-9]\d* checkpoints/);
      const { sha256 } = outputs[0];
      writeFileSync(`${dataDir}/blobs/sha256/${sha256.slice(0, 2)}/${sha256}`, 'repart');
      const kept = checkOf(await inspect(dataDir, true), 'kept.');
      expect([kept?.passed, kept?.detail]).toEqual([
        false,
        expect.stringMatching(
          new RegExp(
            `^entry ${ended.json.seq}: the artifact report.txt has the SHA-256 \\w+, the entry says ${sha256}$`,
          ),
        ),
      ]);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
      rmSync(`${dataDir}-anchor`, { recursive: true, force: true });
    }
  });

  test('an older copy of the log of operators alone is refused too', async () => {
    const plane = await PlaneUnderTest.start();
    const { dataDir } = plane;
    try {
      await plane.stop();
      cpSync(`${dataDir}/plane`, `${dataDir}-operators`, { recursive: true });
      const later = await PlaneUnderTest.start({ dataDir });
      await later.operator('eve', 'viewer');
      await later.stop();
      rmSync(`${dataDir}/plane`, { recursive: true });
      cpSync(`${dataDir}-operators`, `${dataDir}/plane`, { recursive: true });
      await expect(PlaneUnderTest.start({ dataDir })).rejects.toMatchObject({ code: 'ledger.rolled_back' });
    } finally {
      for (const path of [dataDir, `${dataDir}-anchor`, `${dataDir}-operators`])
        rmSync(path, { recursive: true, force: true });
    }
  });

  test('a head that cannot be kept outside is told on the overview', async () => {
    const anchorDir = join(tmpdir(), `cc-no-folder-${process.pid}`);
    const plane = await PlaneUnderTest.start({ anchorDir });
    rmSync(anchorDir, { recursive: true });
    writeFileSync(anchorDir, 'not a folder');
    try {
      await plane.submit();
      await plane.call('evidenceProof', { params: { seq: '0' } });
      const problem = async () => (await plane.call('overview')).json.chain.anchor_problem;
      await expect.poll(problem, { timeout: 5_000 }).toMatch(/EEXIST|ENOTDIR/);
    } finally {
      rmSync(anchorDir, { force: true, recursive: true });
      await plane.close();
    }
  });
});
