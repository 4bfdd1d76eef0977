import { readFileSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatCheckpoint } from '../../src-server/ledger/note/checkpoint.ts';
import { verifyCosignature } from '../../src-server/ledger/note/cosignature.ts';
import { signNote } from '../../src-server/ledger/note/signed-note.ts';
import { leafHash } from '../../src-server/ledger/tree/hashes.ts';
import { MerkleTree } from '../../src-server/ledger/tree/merkle-tree.ts';
import { newPrivateKeyPem, readPrivateKey, signMessage } from '../ed25519.ts';
import { FakePlane } from '../testing/fake-plane.ts';
import { TestRunner } from '../testing/harness.ts';
import { isContinued } from './consistency.ts';

const ORIGIN = `connected-compute/ws_${'0'.repeat(26)}`;

/** A log of the plane: entries by their text. */
class Log {
  readonly tree = new MerkleTree(function* () {});
  constructor(readonly entries: readonly string[]) {
    for (const entry of entries) this.tree.append(leafHash(Buffer.from(entry)));
  }
  note(
    key: { publicKey: string; sign(text: Uint8Array): Buffer },
    size = this.entries.length,
    origin = ORIGIN,
  ): string {
    const text = formatCheckpoint({ origin, size, root: this.tree.root(size) });
    return signNote(text, { name: origin, publicKey: Buffer.from(key.publicKey, 'base64'), sign: key.sign });
  }
}
const entries = (count: number, word = 'entry'): string[] => Array.from({ length: count }, (_, i) => `${word} ${i}`);

test('consistency holds for every beginning of a log, and for no other', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
      const log = new Log(entries(size)).tree;
      const from = a % (size + 1);
      const earlier = { size: from, root: log.root(from) };
      const later = { size, root: log.root(size) };
      const proof = log.consistencyProof(from, size);
      expect(isContinued(earlier, later, proof)).toBe(true);
      const other = new Log(entries(size, 'other')).tree;
      if (from > 0) expect(isContinued({ size: from, root: other.root(from) }, later, proof)).toBe(false);
      if (proof.length > 0) {
        expect(isContinued(earlier, later, proof.slice(1))).toBe(false);
        const bent = proof.map((hash, i) => (i === b % proof.length ? Buffer.alloc(32) : hash));
        expect(isContinued(earlier, later, bent)).toBe(false);
      }
      if (from < size && from > 0) expect(isContinued(later, earlier, proof)).toBe(false);
    }),
  );
});

describe('a runner as a witness', () => {
  let plane: FakePlane;
  let runner: TestRunner;
  let log: Log;
  let cosigned: { checkpoint_size: number; cosignature: string }[];
  const key = () => ({
    publicKey: plane.publicKey,
    sign: (b: Uint8Array) => Buffer.from(signMessage(plane.key, b), 'base64'),
  });

  beforeEach(async () => {
    plane = new FakePlane();
    await plane.listen();
    runner = new TestRunner(plane);
    log = new Log(entries(9));
    cosigned = [];
    plane.witness = ({ method, path, json }) => {
      if (method === 'POST') {
        cosigned.push(json as never);
        return { status: 200, json: { seq: 1, recorded: true } };
      }
      const seen = Number(new URL(path, 'http://x').searchParams.get('size'));
      const size = log.entries.length;
      const consistency = seen > size ? [] : log.tree.consistencyProof(seen, size).map((h) => h.toString('base64'));
      return { status: 200, json: { checkpoint: log.note(key()), consistency } };
    };
    await runner.connect();
    plane.queue.push(JOB);
  });
  afterEach(async () => {
    await plane.close();
    runner.remove();
  });
  const JOB = {
    wu_id: 'WU-1',
    title: 'x',
    kind: 'command',
    command: { argv: ['true'], env: {}, shell: false },
    inputs: [],
    outputs: [],
    secrets: [],
    compute_class: 'cpu-small',
    labels: {},
    priority: 50,
    network: 'none',
    confinement: 'none',
    max_runtime_ms: 60_000,
    max_attempts: 1,
    stall_ms: 120_000,
    max_queue_ms: null,
    final_exit_codes: [],
    budget: { extras_mcu: 0 },
    on_refusal: 'refuse',
    approval: null,
  };
  const file = () => `${runner.stateDir}/checkpoint`;
  const again = async () => {
    plane.queue.push(JOB);
    return runner.run();
  };

  test('keeps the checkpoint that it saw for itself, and cosigns it before it claims', async () => {
    expect(await runner.run()).toBe(0);
    expect(readFileSync(file(), 'utf8')).toBe(log.note(key()));
    expect(statSync(file()).mode & 0o077).toBe(0);
    const paths = plane.seen.map((s) => `${s.method} ${s.path}`);
    const claim = plane.seen.findIndex((s) => s.path.endsWith('/claim') && Number(s.json.max) > 0);
    expect(paths.indexOf('POST /api/v1/runtime/witness')).toBeLessThan(claim);
    const text = log.note(key()).split('\n\n')[0];
    const name = `${ORIGIN}/${plane.sessionId}`;
    const runnerKey = Buffer.from(plane.runnerKey ?? '', 'base64');
    expect(cosigned.map((c) => c.checkpoint_size)).toEqual([9]);
    expect(verifyCosignature(`${text}\n`, cosigned[0]?.cosignature ?? '', name, runnerKey)).not.toBeNull();
  });

  test('follows a log that grew, over a restart of its own', async () => {
    await runner.run();
    log = new Log(entries(30));
    expect(await again()).toBe(0);
    expect(readFileSync(file(), 'utf8')).toBe(log.note(key()));
    expect(cosigned.map((c) => c.checkpoint_size)).toEqual([9, 30]);
  });

  test.each<[string, () => void, RegExp]>([
    [
      'was rolled back',
      () => {
        log = new Log(entries(4));
      },
      /rolled back: this runner saw 9 entries, it shows 4 now/,
    ],
    [
      'was rewritten',
      () => {
        log = new Log([...entries(3), ...entries(20, 'other')]);
      },
      /rewritten: the 9 entries/,
    ],
    [
      'was rewritten at its length',
      () => {
        log = new Log(entries(9, 'other'));
      },
      /rewritten/,
    ],
    [
      'has no checkpoint any more',
      () => {
        plane.witness = () => ({
          status: 404,
          json: {
            code: 'not_found',
            detail: 'none',
            status: 404,
            title: '',
            type: '',
            request_id: '',
            retryable: false,
          },
        });
      },
      /shows none now/,
    ],
    [
      'is signed by another key',
      () => {
        const k = readPrivateKey(newPrivateKeyPem());
        plane.witness = () => ({
          status: 200,
          json: {
            checkpoint: log.note({ publicKey: plane.publicKey, sign: (b) => Buffer.from(signMessage(k, b), 'base64') }),
            consistency: [],
          },
        });
      },
      /not signed by the pinned plane key/,
    ],
    [
      'is of another workspace',
      () => {
        plane.witness = () => ({
          status: 200,
          json: { checkpoint: log.note(key(), 9, `connected-compute/ws_${'1'.repeat(26)}`), consistency: [] },
        });
      },
      /shows the log connected-compute\/ws_1/,
    ],
  ])('refuses a plane whose log %s: exit 76, a plain sentence, nothing claimed', async (_, change, words) => {
    await runner.run();
    const kept = readFileSync(file(), 'utf8');
    change();
    const claims = plane.calls('POST', /\/claim$/).filter((c) => Number(c.json.max) > 0).length;
    await expect(again()).rejects.toMatchObject({ exitCode: 76, message: expect.stringMatching(words) });
    expect(plane.calls('POST', /\/claim$/).filter((c) => Number(c.json.max) > 0)).toHaveLength(claims);
    expect(readFileSync(file(), 'utf8')).toBe(kept);
  });

  test('works for a plane that has no checkpoint yet', async () => {
    plane.witness = () => ({
      status: 404,
      json: { code: 'not_found', detail: 'none', status: 404, title: '', type: '', request_id: '', retryable: false },
    });
    expect(await runner.run()).toBe(0);
  });

  test('stops at a memory that is damaged, and says what to do', async () => {
    await runner.run();
    writeFileSync(file(), 'nonsense');
    await expect(again()).rejects.toMatchObject({ exitCode: 65 });
  });

  test('looks once for many claims', async () => {
    plane.queue.push(JOB, JOB, JOB);
    const running = runner.run({ once: false });
    await plane.until(() => plane.calls('POST', /\/complete$/).length === 4);
    runner.signal();
    await running;
    expect(plane.calls('GET', /\/witness/)).toHaveLength(1);
  });
});
