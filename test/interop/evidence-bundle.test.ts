import { spawnSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand } from '../../src-server/cli/run-command.ts';
import { bufferSource } from '../../src-server/ledger/bundle/read-tar.ts';
import { tarHeader } from '../../src-server/ledger/bundle/ustar.ts';
import { verifyBundle } from '../../src-server/ledger/bundle/verify/verify-bundle.ts';
import { bundleOf, filesOf, signedAnew, stolenKey, tarOf } from '../helpers/bundle-under-test.ts';
import { BundleStory, CANARY, missingPrograms, VERIFIER } from './bundle-story.ts';

/** Every byte takes minutes; `CC_EVERY_BYTE=1 npx vitest run test/interop/evidence-bundle.test.ts` flips them all. */
const STRIDE = process.env.CC_EVERY_BYTE === '1' ? 1 : 61;
const missing = missingPrograms();
if (process.env.CI !== undefined && missing.length > 0) throw new Error(`these tests need ${missing.join(', ')}`);

let story: BundleStory;
let tar: Buffer;
beforeAll(async () => {
  story = await BundleStory.play();
  tar = await story.bundle();
});
afterAll(() => story.close());
const ours = (bytes: Buffer, key = story.key) => verifyBundle(bufferSource(bytes), key);
const failed = (bytes: Buffer, key?: string) => {
  const { exitCode, checks } = ours(bytes, key);
  return { exitCode, ...checks.find((c) => !c.passed) };
};

describe.skipIf(missing.length > 0)('a fresh bundle, by programs that nobody here wrote', () => {
  test('verifies by verify.py as a program, by the command line, and over HTTP', async () => {
    const file = story.file('a.tar', tar);
    // Short enough to be read by whoever is to trust it.
    expect(readFileSync(VERIFIER, 'utf8').split('\n').length).toBeLessThanOrEqual(150);
    const python = spawnSync('python3', [VERIFIER, file, '--key', story.key], { encoding: 'utf8' });
    expect([python.status, python.stdout]).toEqual([0, expect.stringContaining('nothing was changed')]);
    const lines: string[] = [];
    const printer = {
      line: (t: string) => lines.push(t),
      raw: () => 0,
      json: () => 0,
      note: (t: string) => lines.push(t),
    };
    expect(await runCommand(['evidence', 'verify', file, '--key', story.key], printer)).toBe(0);
    expect(lines.at(-1)).toBe('Verified: nothing was changed.');
    expect(lines).toHaveLength(12);
    const answer = await story.plane.call('evidenceVerify', { body: tar });
    expect(answer.json).toMatchObject({ intact: true, exit_code: 0 });
  });

  test('verifies by the commands that its README prints, run in bash as they stand', () => {
    const { folder, readme, ran } = story.byHand(tar);
    expect([ran.status, ran.stderr]).toEqual([0, '']);
    expect(ran.stdout).toContain(story.key.slice('SHA256:'.length));
    expect(ran.stdout.match(/Signature Verified Successfully/g)).toHaveLength(2);
    expect(ran.stdout).toContain(`Good "connected-compute" signature for connected-compute/${story.plane.workspaceId}`);
    const fingerprint = spawnSync('bash', ['-c', "cut -d ' ' -f 3- allowed_signers > k.pub; ssh-keygen -lf k.pub"], {
      cwd: folder,
    });
    expect(readme).toContain(String(fingerprint.stdout).split(' ')[1]);
  });

  test('is what an independent tar reader expects: plain files of nobody, in order', () => {
    const listed = spawnSync('tar', ['tvf', story.file('a.tar', tar), '--numeric-owner'], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    for (const line of listed) expect(line).toMatch(/^-rw-r--r-- 0\/0 .* 1970-01-01 /);
    const names = [...filesOf(tar).keys()];
    expect(names).toEqual([...names].sort());
  });
});

describe('the content of a bundle', () => {
  test('is the same bytes for the same selection and checkpoint', async () => {
    expect((await story.bundle()).equals(tar)).toBe(true);
  });

  test('of one job holds nothing of another', async () => {
    expect(tar.includes(CANARY)).toBe(false);
    expect(tar.includes(story.jobB)).toBe(false);
    const [entriesA, entriesAll] = [tar, await bundleOf(story.plane, { all: true })].map(
      (t) => [...filesOf(t).keys()].filter((n) => n.startsWith('entries/')).length,
    );
    expect(entriesA).toBeLessThan(entriesAll as number);
  });

  test.each([
    ['a work unit', () => ({ wu_id: `WU-${CANARY}` })],
    ['a range', () => ({ from: 2, to: 7 })],
    ['all', () => ({ all: true as const })],
  ])('of %s verifies by both', async (_, selection) => {
    const bundle = await bundleOf(story.plane, selection());
    expect(failed(bundle).exitCode).toBe(0);
    if (missing.length === 0) expect(story.python(bundle, ['flip 0 0'])[0]?.[0]).toBe(0);
  });
});

describe('a bundle that was altered is caught, with what and where', () => {
  const entry = (files: Map<string, Uint8Array>): string =>
    [...files.keys()].filter((n) => n.startsWith('entries/'))[2] as string;
  const named = (files: Map<string, Uint8Array>, part: string): string =>
    [...files.keys()].find((n) => n.includes(part)) as string;
  /** Changes a file's text. */
  const edit = (files: Map<string, Uint8Array>, name: string, change: (text: string) => string): void =>
    void files.set(name, Buffer.from(change(Buffer.from(files.get(name) as Uint8Array).toString())));
  const bentSsh = (text: string): string =>
    text.replace(/(\n.{30})./, (m) => m.slice(0, -1) + (m.endsWith('A') ? 'B' : 'A'));
  type Edit = (files: Map<string, Uint8Array>) => unknown;
  const plain: [string, Edit, number, RegExp][] = [
    [
      'an entry is edited',
      (f) => edit(f, entry(f), (t) => t.replace('laptop-1', 'laptop-2')),
      1,
      /entries\/\d+\.json was changed/,
    ],
    ['a file is dropped', (f) => f.delete(entry(f)), 4, /entries\/\d+\.json is missing/],
    [
      'a file is added',
      (f) => f.set('entries/000000999999.json', Buffer.from('{}')),
      4,
      /entries\/000000999999\.json is not a file/,
    ],
    ['a stranger is added', (f) => f.set('notes.txt', Buffer.from('x')), 4, /notes\.txt is not a file/],
    [
      'a file is renamed',
      (f) => {
        const n = named(f, '.run.');
        f.set(n.replace('.run.', '.late.'), f.get(n) as Uint8Array);
        f.delete(n);
      },
      4,
      /\.run\.dsse\.json is missing/,
    ],
    [
      'two entries are swapped',
      (f) => {
        const [a, b] = [...f.keys()].filter((n) => n.startsWith('entries/')) as [string, string];
        const x = f.get(a) as Uint8Array;
        f.set(a, f.get(b) as Uint8Array);
        f.set(b, x);
      },
      1,
      /was changed/,
    ],
    [
      'a file is dropped with its line',
      (f) => {
        const n = named(f, '.run.');
        f.delete(n);
        edit(f, 'manifest.sha256', (t) =>
          t
            .split('\n')
            .filter((l) => !l.includes('.run.'))
            .join('\n'),
        );
      },
      1,
      /manifest\.sig is not the signature/,
    ],
    [
      'a checkpoint of another time',
      (f) => edit(f, 'checkpoint', (t) => t.replace(/\n\d+\n/, '\n5\n')),
      1,
      /checkpoint was changed/,
    ],
    [
      'an artifact is replaced',
      (f) => f.set(named(f, 'artifacts/'), Buffer.from('other')),
      1,
      /artifacts\/[0-9a-f]+ was changed/,
    ],
    ['verify.py is replaced', (f) => f.set('verify.py', Buffer.from('exit(0)')), 1, /verify\.py was changed/],
    [
      'the key is replaced',
      (f) =>
        f.set(
          'log-key.pem',
          Buffer.from(generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }) as string),
        ),
      3,
      /log-key\.pem is SHA256:/,
    ],
    [
      'the manifest is dropped',
      (f) => f.delete('manifest.sha256'),
      1,
      /manifest\.sha256 is missing|manifest\.sig is not/,
    ],
  ];
  const check = (variant: Buffer, exitCode: number, words: RegExp): void => {
    const told = failed(variant);
    expect([told.exitCode, told.detail]).toEqual([exitCode, expect.stringMatching(words)]);
    if (missing.length > 0) return;
    const [code, said] = story.python(tar, [`file ${story.file('variant.tar', variant)}`])[0] as [number, string];
    expect([code, said]).toEqual([exitCode, expect.stringMatching(/^FAIL {2}\S+ +\S+ .*\S$/)]);
    expect(placesIn(told.detail as string).filter((place) => placesIn(said).includes(place))).not.toEqual([]);
  };
  /** What a sentence of a verifier names: numbers of entries, files of the bundle, keys of runners. */
  const placesIn = (sentence: string): string[] =>
    sentence.match(
      /\b\d{12}\b|(?:receipts|artifacts)\/[\w.-]*\w|ses_\w+|notes\.txt|checkpoint(?:\.sshsig)?|manifest\.\w+|trust\.json|log-key\.pem|verify\.py|README\.txt/g,
    ) ?? [];
  test.each(plain)('%s', (_, change, exitCode, words) => {
    const files = new Map<string, Uint8Array>(filesOf(tar));
    change(files);
    check(tarOf(files), exitCode, words);
  });

  /** A receipt of the plane with another job's digest, signed anew with the key that was stolen. */
  const ofAnotherJob = (text: string): string => {
    const { payloadType, payload, signatures } = JSON.parse(text);
    const changed = Buffer.from(
      Buffer.from(payload, 'base64')
        .toString()
        .replace(/"job_digest":"sha256:[0-9a-f]{64}"/, `"job_digest":"sha256:${'0'.repeat(64)}"`),
    );
    const signed = Buffer.concat([
      Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${changed.length} `),
      changed,
    ]);
    const sig = sign(null, signed, stolenKey(story.plane)).toString('base64');
    return JSON.stringify({
      payload: changed.toString('base64'),
      payloadType,
      signatures: [{ ...signatures[0], sig }],
    });
  };

  /** By somebody who holds the log's key, and so can sign the manifest anew. */
  const forged: [string, Edit, RegExp][] = [
    [
      'an entry is edited',
      (f) => edit(f, entry(f), (t) => t.replace('laptop-1', 'laptop-2')),
      /entries\/\d+\.json is not in the tree/,
    ],
    [
      'an entry is moved',
      (f) => {
        const n = entry(f);
        edit(f, n.replace('entries', 'proofs').replace('.json', '.tlog-proof'), (t) =>
          t.replace(/index \d+/, 'index 1'),
        );
      },
      /is not a proof of entry/,
    ],
    ['a run receipt is dropped', (f) => f.delete(named(f, '.run.')), /\.run\.dsse\.json is missing/],
    [
      'a run receipt is rewritten',
      (f) =>
        edit(f, named(f, '.run.'), (t) => {
          const e = JSON.parse(t);
          e.payload = Buffer.from(Buffer.from(e.payload, 'base64').toString().replace('succeeded', 'failed')).toString(
            'base64',
          );
          return JSON.stringify(e);
        }),
      /\.run\.dsse\.json is not signed by the key of ses_/,
    ],
    ['a settlement is dropped', (f) => f.delete(named(f, '.settlement.')), /\.settlement\.dsse\.json is missing/],
    ['an artifact is dropped', (f) => f.delete(named(f, 'artifacts/')), /artifacts\/[0-9a-f]+ is missing/],
    ['an artifact is added', (f) => f.set(`artifacts/${'0'.repeat(64)}`, Buffer.from('x')), /has the SHA-256/],
    [
      'a runner key is replaced',
      (f) => edit(f, 'trust.json', (t) => t.replace(/"public_key": "[^"]{6}/, '"public_key": "AAAAAA')),
      /does not register the key of ses_/,
    ],
    [
      'a cosignature is bent',
      (f) =>
        edit(f, 'checkpoint', (t) =>
          t.replace(/(\/ses_\w+ \S{60})./, (m) => m.slice(0, -1) + (m.endsWith('A') ? 'B' : 'A')),
        ),
      /the cosignature of connected-compute/,
    ],
    ['the SSH signature is of another text', (f) => edit(f, 'checkpoint.sshsig', bentSsh), /checkpoint\.sshsig is not/],
    [
      'another origin',
      (f) =>
        edit(f, 'trust.json', (t) =>
          t.replace(/connected-compute\/ws_\w{26}/, `connected-compute/ws_${'0'.repeat(26)}`),
        ),
      /checkpoint is of the log/,
    ],
  ];
  /** What the commands of the README say of it; the first that fails ends them. */
  const handMade: [string, Edit, 'as it is' | 'stolen key', RegExp][] = [
    [
      'an artifact',
      (f) => f.set(named(f, 'artifacts/'), Buffer.from('x')),
      'as it is',
      /artifacts\/[0-9a-f]{64}: FAILED/,
    ],
    [
      'an entry',
      (f) => edit(f, entry(f), (t) => t.replace('laptop-1', 'x')),
      'as it is',
      /entries\/\d{12}\.json: FAILED/,
    ],
    [
      'the manifest',
      (f) => edit(f, 'manifest.sha256', (t) => t.split('\n').slice(1).join('\n')),
      'as it is',
      /^(?!.*Signature Verified).*Signature Verification Failure/s,
    ],
    [
      'the checkpoint',
      (f) => edit(f, 'checkpoint', (t) => t.replace(/\n\d+\n/, '\n5\n')),
      'stolen key',
      /Signature Verified Successfully.*Signature Verification Failure/s,
    ],
    [
      'the SSH signature',
      (f) => edit(f, 'checkpoint.sshsig', bentSsh),
      'stolen key',
      /Signature Verified Successfully.*Signature Verified Successfully.*(incorrect signature|Could not verify|error in libcrypto)/s,
    ],
  ];
  test.runIf(missing.length === 0).each(handMade)('%s is changed: refused by hand', (_, change, signer, words) => {
    const files = new Map<string, Uint8Array>(filesOf(tar));
    change(files);
    const variant = signer === 'stolen key' ? signedAnew(files, stolenKey(story.plane)) : files;
    const { ran } = story.byHand(tarOf(variant));
    expect([ran.status === 0, `${ran.stdout}${ran.stderr}`]).toEqual([false, expect.stringMatching(words)]);
  });

  test.each(forged)('with a manifest that the stolen key signed: %s', (_, change, words) => {
    const files = new Map<string, Uint8Array>(filesOf(tar));
    change(files);
    check(tarOf(signedAnew(files, stolenKey(story.plane))), 1, words);
  });

  test.each(['settlement', 'provenance'])('a %s of another job, well signed, fits not its entries', (kind) => {
    const files = new Map<string, Uint8Array>(filesOf(tar));
    edit(files, named(files, `.${kind}.`), ofAnotherJob);
    const variant = tarOf(signedAnew(files, stolenKey(story.plane)));
    const words = new RegExp(
      `\\.${kind}\\.dsse\\.json is about the job sha256:0{64}, but its entries say sha256:[0-9a-f]{64}`,
    );
    check(variant, 1, words);
    if (missing.length === 0)
      expect(story.python(tar, [`file ${story.file('variant.tar', variant)}`])[0]?.[1]).toMatch(words);
  });

  test('an older checkpoint, well signed, covers it not', async () => {
    const bundle = await story.bundle((text) => text.replace(/\n\d+\n/, '\n3\n'));
    check(bundle, 1, /checkpoint covers 3 entries/);
  });

  test('a log of another name, well signed, is not this one', async () => {
    const bundle = await story.bundle((text) => text.replace(/ws_\w{26}/, `ws_${'1'.repeat(26)}`));
    check(bundle, 1, /checkpoint is of the log/);
  });

  test('a bundle by another key is refused by its fingerprint, also when all of it fits', () => {
    expect(failed(tar, `SHA256:${'A'.repeat(43)}`)).toMatchObject({ exitCode: 3, id: 'key' });
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(sign(null, tar, privateKey)).toHaveLength(64);
    check(tarOf(signedAnew(filesOf(tar), privateKey)), 1, /manifest\.sig/);
  });
});

describe('a tar that is not in the one form', () => {
  const evil = (name: string): Buffer => {
    const header = tarHeader('README.txt', 1);
    header.fill(0, 0, 100);
    header.write(name, 0);
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((a, b) => a + b, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    return Buffer.concat([header, Buffer.alloc(512, 'x', 'latin1').fill(0, 1), tar]);
  };
  test.each<[string, () => Buffer, RegExp]>([
    ['leads out of its folder', () => evil('../../etc/cron.d/x'), /not a plain relative one/],
    ['leads to the root', () => evil('/etc/passwd'), /not a plain relative one/],
    ['goes up in the middle', () => evil('entries/../../x'), /not a plain relative one/],
    [
      'holds a link',
      () => {
        const t = Buffer.from(tar);
        t.write('2', 156);
        return t;
      },
      /not the one that an export writes/,
    ],
    ['ends early', () => tar.subarray(0, tar.length - 512), /two blocks of zeros/],
    ['ends in a header', () => tar.subarray(0, 700), /ends/],
    ['goes on behind its end', () => Buffer.concat([tar, Buffer.alloc(512)]), /nothing may follow/],
    [
      'holds a file twice',
      () =>
        Buffer.concat([
          tar.subarray(0, 512 + 512 * Math.ceil((filesOf(tar).get('README.txt')?.length ?? 0) / 512)),
          tar,
        ]),
      /sorted/,
    ],
    ['is empty', () => Buffer.alloc(0), /ends at byte 0/],
    ['is something else', () => Buffer.from('hello'.repeat(500)), /./],
  ])('%s', (_, make, words) => {
    const variant = make();
    expect(failed(variant)).toMatchObject({ exitCode: 2, id: 'tar', detail: expect.stringMatching(words) });
    if (missing.length > 0) return;
    expect(story.python(tar, [`file ${story.file('variant.tar', variant)}`])[0]?.[0]).toBe(2);
  });
});

test('every byte that is flipped is seen, and by both verifiers with the same verdict', () => {
  const offsets = Array.from({ length: Math.ceil(tar.length / STRIDE) }, (_, i) => i * STRIDE);
  const variant = Buffer.from(tar);
  const verdicts = offsets.map((at) => {
    const mask = 1 << (at % 8);
    variant[at] = (tar[at] as number) ^ mask;
    const { exitCode } = ours(variant);
    variant[at] = tar[at] as number;
    return exitCode;
  });
  expect(verdicts.filter((code) => code === 0)).toEqual([]);
  if (missing.length > 0) return;
  const theirs = story.python(
    tar,
    offsets.map((at) => `flip ${at} ${1 << (at % 8)}`),
  );
  const differing = offsets.filter((_, i) => theirs[i]?.[0] !== verdicts[i]);
  expect(differing.map((at) => [at, verdicts[offsets.indexOf(at)], theirs[offsets.indexOf(at)]])).toEqual([]);
}, 1_800_000);
