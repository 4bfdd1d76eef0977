import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ExportRequest } from '../../src-server/contract/evidence-export.ts';
import { bufferSource, readTar } from '../../src-server/ledger/bundle/read-tar.ts';
import { paddingOf, TAR_END, tarHeader } from '../../src-server/ledger/bundle/ustar.ts';
import { exportBundle, type LogProver } from '../../src-server/plane/evidence/export-bundle.ts';
import { selectEntries } from '../../src-server/plane/evidence/select-entries.ts';
import { naivePath, naiveRoot } from './naive-tree.ts';
import type { PlaneUnderTest } from './plane-under-test.ts';

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
/** A signature line of a note: key id (first four bytes of SHA-256 over name, newline, kind, key), then what is signed. */
export const noteLine = (name: string, kind: number, rawKey: Uint8Array, signature: Uint8Array): string => {
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), Uint8Array.of(kind), rawKey])).subarray(0, 4);
  return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
};

/** A prover by the words of the standards alone; `cosigners` sign every checkpoint. */
export function naiveProver(
  plane: PlaneUnderTest,
  cosigners: { sessionId: string; publicKey: string; sign(bytes: Uint8Array): Buffer }[] = [],
  change: (text: string) => string = (text) => text,
  size = plane.hosted.workspace.engine.nextSeq,
): LogProver {
  const { engine } = plane.hosted.workspace;
  const { key } = plane.host;
  const leaves = (size: number): Buffer[] => Array.from({ length: size }, (_, seq) => engine.line(seq));
  return {
    async checkpointFor() {
      const origin = `connected-compute/${plane.workspaceId}`;
      const text = change(`${origin}\n${size}\n${naiveRoot(leaves(size)).toString('base64')}\n`);
      const own = noteLine(
        text.split('\n')[0] ?? '',
        1,
        Buffer.from(key.publicKeyBase64, 'base64'),
        await key.sign(Buffer.from(text)),
      );
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(1_700_000_000n);
      const others = cosigners.map(({ sessionId, publicKey, sign: cosign }) =>
        noteLine(
          `${origin}/${sessionId}`,
          4,
          Buffer.from(publicKey, 'base64'),
          Buffer.concat([time, cosign(Buffer.from(`cosignature/v1\ntime 1700000000\n${text}`))]),
        ),
      );
      const note = Buffer.from(`${text}\n${own}${others.join('')}`);
      return { note, text, size, signers: cosigners.map((c) => c.sessionId) };
    },
    inclusion: (seq, size) => naivePath(seq, leaves(size)),
  };
}

/** The bundle of a selection, whole. */
export async function bundleOf(
  plane: PlaneUnderTest,
  request: ExportRequest,
  prover = naiveProver(plane),
): Promise<Buffer> {
  const { workspace, blobs, runLogs } = plane.hosted;
  const source = {
    engine: workspace.engine,
    key: plane.host.key,
    blobs,
    runLogs,
    prover,
    pause: async () => undefined,
  };
  const chunks: Buffer[] = [];
  for await (const chunk of exportBundle(source, selectEntries(workspace.engine, request))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The files of a tar, in order. */
export function filesOf(tar: Buffer): Map<string, Buffer> {
  const found = readTar(bufferSource(tar));
  return new Map([...found].map(([name, { offset, sizeBytes }]) => [name, tar.subarray(offset, offset + sizeBytes)]));
}

/** A tar in the exact form, of files in any order. */
export function tarOf(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat([
    ...sorted.flatMap(([name, bytes]) => [tarHeader(name, bytes.length), bytes, Buffer.alloc(paddingOf(bytes.length))]),
    TAR_END,
  ]);
}

/** The plane's own key, as somebody who holds it would use it to forge. */
export const stolenKey = (plane: PlaneUnderTest): KeyObject =>
  createPrivateKey(readFileSync(`${plane.dataDir}/plane.key`));

/** A manifest over these files, made anew and signed with a key that was stolen. */
export function signedAnew(files: ReadonlyMap<string, Uint8Array>, key: KeyObject): Map<string, Uint8Array> {
  const listed = [...files].filter(([name]) => !name.startsWith('manifest.')).sort(([a], [b]) => (a < b ? -1 : 1));
  const manifest = Buffer.from(listed.map(([name, bytes]) => `${sha256(bytes).toString('hex')}  ${name}\n`).join(''));
  const signature = Buffer.from(`${sign(null, manifest, key).toString('base64')}\n`);
  return new Map<string, Uint8Array>([...listed, ['manifest.sha256', manifest], ['manifest.sig', signature]]);
}
