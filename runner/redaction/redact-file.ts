import { constants } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import type { OnCredential } from './credential-shape.ts';
import { type RedactionRules, Redactor } from './redactor.ts';

const READ_BYTES = 64 * 1024;
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * `clean`: nothing was found, the file is as it was · `redacted`: it was text and now has markers · `binary`: it holds a
 * secret and no text, so that nothing could be put in its place without breaking it; it is as it was.
 */
export type RedactedFile =
  | { kind: 'clean' }
  | { kind: 'binary' }
  | { kind: 'redacted'; sizeBytes: number; places: number };

async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/**
 * Redacts a plain file in its place. Call it when nothing of the job runs any more.
 * @param scratch a path on the same file system that does not exist, outside what is collected.
 */
export async function redactFile(
  path: string,
  scratch: string,
  rules: RedactionRules,
  onCredential: OnCredential,
): Promise<RedactedFile> {
  const file = await open(path, OPEN_FLAGS);
  try {
    const look = new Redactor(rules, onCredential);
    let isText = true;
    for await (const chunk of chunksOf(file)) {
      isText &&= !chunk.includes(0);
      look.push(chunk);
    }
    // A file that ends like the beginning of a secret is a whole file, not a secret cut off.
    look.end(false);
    if (look.redactions === 0) return { kind: 'clean' };
    if (!isText) return { kind: 'binary' };
    const { mode } = await file.stat();
    return { kind: 'redacted', places: look.redactions, sizeBytes: await rewrite(file, path, scratch, mode, rules) };
  } finally {
    await file.close();
  }
}

async function rewrite(
  file: FileHandle,
  path: string,
  scratch: string,
  mode: number,
  rules: RedactionRules,
): Promise<number> {
  const redactor = new Redactor(rules);
  const copy = await open(scratch, 'wx', mode & 0o777);
  let sizeBytes = 0;
  const write = async (bytes: Buffer): Promise<void> => {
    sizeBytes += bytes.length;
    if (bytes.length > 0) await copy.writeFile(bytes);
  };
  try {
    for await (const chunk of chunksOf(file)) await write(redactor.push(chunk));
    await write(redactor.end(false));
  } finally {
    await copy.close();
  }
  await rename(scratch, path);
  return sizeBytes;
}
