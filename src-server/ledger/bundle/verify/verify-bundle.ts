import { fingerprintOf, isSignedBy, publicKeyOf, rawKeyOfPem } from '../../receipts/ed25519.ts';
import { FIXED_FILES, isBundleFile, UNLISTED_FILES } from '../layout.ts';
import { type ByteSource, readTar, TarFormError } from '../read-tar.ts';
import { type BundleCheck, BundleFault, BundleFiles } from './bundle-files.ts';
import { checkArtifacts } from './check-artifacts.ts';
import { checkCheckpoint, checkCosignatures, checkSshsig } from './check-checkpoint.ts';
import { checkReceipts } from './check-receipts.ts';
import { checkTree } from './check-tree.ts';
import { checkTrust, type Judged } from './check-trust.ts';
import { followedWords } from './followed-key.ts';

/** What a verification came to: the exit code of the command, and one line per check. */
export interface Verdict {
  /** 0 intact · 1 changed · 2 not in the form of a bundle · 3 another key · 4 a file is missing or extra. */
  exitCode: 0 | 1 | 2 | 3 | 4;
  checks: BundleCheck[];
}
const MANIFEST_LINE = /^([0-9a-f]{64}) {2}([^\n]+)$/;

/**
 * Verifies a bundle with nothing but its bytes and the fingerprint of the log's key, which the reader knows from
 * elsewhere. The checks stand in a fixed order, and the first that fails decides the exit code.
 */
export function verifyBundle(source: ByteSource, fingerprint: string): Verdict {
  const checks: BundleCheck[] = [];
  const step = (id: BundleCheck['id'], check: () => string): boolean => {
    try {
      checks.push({ id, passed: true, detail: check() });
      return true;
    } catch (error) {
      // The bytes come from anybody: a member of another kind than it should be is a fault of the bundle, not of ours.
      const isFault = error instanceof BundleFault || error instanceof TarFormError;
      const detail = isFault ? error.message : `something in it cannot be read (${(error as Error).message})`;
      checks.push({ id, passed: false, detail });
      return false;
    }
  };
  let files = new BundleFiles(source, new Map());
  if (
    !step('tar', () => {
      const found = readTar(source);
      files = new BundleFiles(source, found);
      return `${found.size} files in the exact form of an export`;
    })
  )
    return { exitCode: 2, checks };
  let rawKey: Buffer = Buffer.alloc(0);
  if (
    !step('key', () => {
      rawKey = keyOf(files, fingerprint);
      return `the log's key is ${fingerprint}`;
    })
  )
    return { exitCode: 3, checks };
  let manifest = new Map<string, string>();
  if (
    !step('manifest', () => {
      manifest = manifestOf(files, rawKey);
      return `signed by the log's key, and ${manifest.size} digests fit`;
    })
  )
    return { exitCode: 1, checks };
  if (!step('files', () => checkFiles(files, manifest))) return { exitCode: 4, checks };
  const judged: Judged = { files, rawKey, key: publicKeyOf(rawKey), trust: null, checkpoint: null, entries: new Map() };
  const rest: [BundleCheck['id'], (judged: Judged) => string][] = [
    ['trust', checkTrust],
    ['checkpoint', checkCheckpoint],
    ['sshsig', checkSshsig],
    ['cosignatures', checkCosignatures],
    ['tree', checkTree],
    ['receipts', checkReceipts],
    ['artifacts', checkArtifacts],
  ];
  // Each needs what the ones before it found.
  const isIntact = rest.every(([id, check]) => step(id, () => check(judged)));
  return { exitCode: isIntact ? 0 : 1, checks };
}

function keyOf(files: BundleFiles, fingerprint: string): Buffer {
  const raw = files.has('log-key.pem') ? rawKeyOfPem(files.bytes('log-key.pem').toString('latin1')) : null;
  if (raw === null) throw new BundleFault('log-key.pem is not an Ed25519 public key in the form of an export');
  const found = fingerprintOf(raw);
  if (found !== fingerprint)
    throw new BundleFault(`log-key.pem is ${found}, not ${fingerprint}. ${followedWords(files, fingerprint, found)}`);
  return raw;
}

function manifestOf(files: BundleFiles, rawKey: Buffer): Map<string, string> {
  const bytes = files.bytes('manifest.sha256');
  const text = files.bytes('manifest.sig').toString('latin1');
  const signature = Buffer.from(text, 'base64');
  if (`${signature.toString('base64')}\n` !== text || !isSignedBy(publicKeyOf(rawKey), bytes, signature))
    throw new BundleFault("manifest.sig is not the signature of the log's key over manifest.sha256");
  const manifest = new Map<string, string>();
  for (const [index, line] of bytes.toString('utf8').split('\n').slice(0, -1).entries()) {
    const [, sha256, name] = MANIFEST_LINE.exec(line) ?? [];
    if (sha256 === undefined || name === undefined)
      throw new BundleFault(`line ${index + 1} of manifest.sha256 is not a digest and a name`);
    manifest.set(name, sha256);
    if (files.has(name) && files.sha256(name) !== sha256)
      throw new BundleFault(`${name} was changed: its SHA-256 is ${files.sha256(name)}, the manifest says ${sha256}`);
  }
  return manifest;
}

function checkFiles(files: BundleFiles, manifest: ReadonlyMap<string, string>): string {
  const missing = [...FIXED_FILES, ...manifest.keys()].find((name) => !files.has(name));
  if (missing !== undefined) throw new BundleFault(`${missing} is missing`);
  const extra = files.names.find((name) => !isBundleFile(name) || (!manifest.has(name) && !UNLISTED_FILES.has(name)));
  if (extra !== undefined) throw new BundleFault(`${extra} is not a file of this bundle`);
  const seqs = (folder: string): string[] =>
    files.below(folder).map((name) => name.slice(folder.length + 1, folder.length + 13));
  const [entries, proofs] = [new Set(seqs('entries')), new Set(seqs('proofs'))];
  const bare = [...entries].find((seq) => !proofs.has(seq));
  if (bare !== undefined) throw new BundleFault(`proofs/${bare}.tlog-proof is missing`);
  const idle = [...proofs].find((seq) => !entries.has(seq));
  if (idle !== undefined) throw new BundleFault(`entries/${idle}.json is missing`);
  if (entries.size === 0) throw new BundleFault('there is no entry');
  return 'none missing, none extra';
}
