import { HASH_BYTES } from '../tree/hashes.ts';
import { NoteError } from './signed-note.ts';

/** The head of a log at one moment (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** `connected-compute/<workspace_id>`; the log key has the same name. */
  origin: string;
  /** Number of entries. */
  size: number;
  /** Root of the tree over them, 32 bytes. */
  root: Buffer;
}

/** Origin of a workspace's log, and the name of its key. */
export const originOf = (workspaceId: string): string => `connected-compute/${workspaceId}`;

/** The text that is signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n')) throw new NoteError('an origin is one line');
  if (!Number.isSafeInteger(size) || size < 0) throw new NoteError('a size is an integer ≥ 0');
  if (root.length !== HASH_BYTES) throw new NoteError('a root has 32 bytes');
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/**
 * Reads the text of a note. Our logs write no extension lines, so any are refused.
 * @throws NoteError when it is not a checkpoint.
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  if (origin === '' || rest.length !== 1 || rest[0] !== '') throw new NoteError('a checkpoint has three lines');
  const size = Number(sizeText);
  if (!/^(0|[1-9]\d{0,15})$/.test(sizeText) || !Number.isSafeInteger(size))
    throw new NoteError('the size of a checkpoint is a decimal number');
  const root = Buffer.from(rootText, 'base64');
  if (root.length !== HASH_BYTES || root.toString('base64') !== rootText)
    throw new NoteError('the root of a checkpoint is base64 of 32 bytes');
  return { origin, size, root };
}
