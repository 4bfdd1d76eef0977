import { createHash } from 'node:crypto';
import { originOf } from '../note/checkpoint.ts';
import { publicKeyPem } from '../receipts/ed25519.ts';
import { bundleReadme } from './bundle-readme.ts';
import { artifactName, entryName, type LeftOut, proofName, type Trust } from './layout.ts';
import { sshsigFile, sshsigPayload } from './sshsig.ts';
import { paddingOf, TAR_END, tarHeader } from './ustar.ts';

/** What a bundle is made of. Everything can be asked for twice: once for its digest, once for the tar. */
export interface BundleParts {
  workspaceId: string;
  about: string;
  /** 32 raw bytes of the log's public key. */
  rawKey: Buffer;
  fingerprint: string;
  sign(bytes: Uint8Array): Promise<Buffer>;
  /** The text of verify.py. */
  verifier: string;
  /** Numbers of the entries, ascending. */
  seqs: readonly number[];
  line(seq: number): Buffer;
  /** Inclusion proof against the checkpoint, leaf's sibling first. */
  proof(seq: number): readonly Uint8Array[];
  checkpoint: { note: Buffer; text: string; size: number };
  runnerKeys: Trust['runner_keys'];
  /** Names as in `receipts/`. */
  receipts: readonly { name: string; bytes(): Promise<Buffer> }[];
  artifacts: readonly { sha256: string; sizeBytes: number; read(): AsyncIterable<Buffer> }[];
  leftOut: readonly LeftOut[];
  /** Lets other work go on; called between files. */
  pause(): Promise<void>;
}
/** Files between two pauses. */
const FILES_PER_TURN = 100;

/** A file of the tar: its size and digest are known before its bytes are made again. */
interface PlannedFile {
  name: string;
  sizeBytes: number;
  sha256: string;
  read(): Promise<Buffer> | AsyncIterable<Buffer>;
}

const inOrder = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
const planned = (name: string, bytes: Buffer, read: () => Promise<Buffer> = async () => bytes): PlannedFile => ({
  name,
  sizeBytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  read,
});

/**
 * The bundle as a tar, piece by piece: same parts, same bytes. Memory holds a name and a digest per file, never the log.
 */
export async function* writeBundle(parts: BundleParts): AsyncGenerator<Buffer> {
  const files = await plan(parts);
  const manifest = Buffer.from(
    files
      .sort(inOrder)
      .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
      .join(''),
  );
  const signature = Buffer.from(`${(await parts.sign(manifest)).toString('base64')}\n`);
  files.push(planned('manifest.sha256', manifest), planned('manifest.sig', signature));
  for (const [index, file] of files.sort(inOrder).entries()) {
    if (index % FILES_PER_TURN === 0) await parts.pause();
    yield tarHeader(file.name, file.sizeBytes);
    let sizeBytes = 0;
    const content = file.read();
    if (content instanceof Promise) {
      const bytes = await content;
      sizeBytes = bytes.length;
      yield bytes;
    } else
      for await (const bytes of content) {
        sizeBytes += bytes.length;
        yield bytes;
      }
    // A file that changed under the export would shift everything behind it; the reader sees a tar that was cut.
    if (sizeBytes !== file.sizeBytes) throw new Error(`${file.name} changed while it was exported`);
    yield Buffer.alloc(paddingOf(file.sizeBytes));
  }
  yield TAR_END;
}

async function plan(parts: BundleParts): Promise<PlannedFile[]> {
  const { checkpoint, rawKey } = parts;
  const fixed: [string, string | Buffer][] = [
    ['README.txt', bundleReadme({ ...parts, entryCount: parts.seqs.length, checkpointSize: checkpoint.size })],
    ['checkpoint', checkpoint.note],
    ['checkpoint.sshsig', sshsigFile(rawKey, await parts.sign(sshsigPayload(Buffer.from(checkpoint.text))))],
    ['log-key.pem', publicKeyPem(rawKey)],
    ['trust.json', trustFile(parts)],
    ['verify.py', parts.verifier],
  ];
  const files = fixed.map(([name, content]) => planned(name, Buffer.from(content)));
  for (const [index, seq] of parts.seqs.entries()) {
    if (index % FILES_PER_TURN === 0) await parts.pause();
    files.push(planned(entryName(seq), parts.line(seq), async () => parts.line(seq)));
    files.push(planned(proofName(seq), proofFile(parts, seq), async () => proofFile(parts, seq)));
  }
  for (const { name, bytes } of parts.receipts) files.push(planned(`receipts/${name}`, await bytes(), bytes));
  for (const { sha256, sizeBytes, read } of parts.artifacts)
    files.push({ name: artifactName(sha256), sizeBytes, sha256, read });
  return files;
}

function trustFile({ workspaceId, rawKey, runnerKeys, leftOut }: BundleParts): string {
  const trust: Trust = {
    origin: originOf(workspaceId),
    log_key: rawKey.toString('base64'),
    runner_keys: runnerKeys,
    left_out: [...leftOut],
  };
  return `${JSON.stringify(trust, null, 2)}\n`;
}

/** C2SP tlog-proof v1. */
function proofFile({ checkpoint, proof }: BundleParts, seq: number): Buffer {
  const hashes = proof(seq).map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
  return Buffer.concat([Buffer.from(`c2sp.org/tlog-proof@v1\nindex ${seq}\n${hashes.join('')}\n`), checkpoint.note]);
}
