import type { KeyObject } from 'node:crypto';
import type { SignedNote } from '../../note/signed-note.ts';
import { publicKeyOf } from '../../receipts/ed25519.ts';
import { entryName, type LeftOut, type Trust, WORKSPACE_ORIGIN } from '../layout.ts';
import { BundleFault, type BundleFiles } from './bundle-files.ts';

/** An entry as a verifier looks at it. */
export interface JudgedEntry {
  seq: number;
  ws: string;
  prev: string;
  events: { type: string; body: Record<string, unknown> }[];
}
export interface CheckpointFacts {
  note: Buffer;
  /** The note's text, which the signatures are over. */
  text: string;
  origin: string;
  size: number;
  root: Buffer;
  signed: SignedNote;
}

/** What the checks have found so far; each adds what later ones need. */
export interface Judged {
  files: BundleFiles;
  rawKey: Buffer;
  key: KeyObject | null;
  trust: {
    origin: string;
    workspaceId: string;
    runnerKeys: Map<string, { raw: Buffer; key: KeyObject | null }>;
    leftOut: Set<string>;
  } | null;
  checkpoint: CheckpointFacts | null;
  entries: Map<number, JudgedEntry>;
}

/** The trust list names the workspace and the keys; each runner's key was registered by an entry of the bundle. */
export function checkTrust(judged: Judged): string {
  const { files, rawKey, entries } = judged;
  for (const name of files.below('entries')) {
    const entry = readEntry(files, name);
    entries.set(entry.seq, entry);
  }
  const trust = files.json('trust.json') as Trust;
  const workspaceId = WORKSPACE_ORIGIN.exec(String(trust?.origin))?.[1];
  if (workspaceId === undefined) throw new BundleFault('trust.json names no workspace as its origin');
  if (trust.log_key !== rawKey.toString('base64')) throw new BundleFault('trust.json has another key than log-key.pem');
  if (!Array.isArray(trust.runner_keys) || !Array.isArray(trust.left_out))
    throw new BundleFault('trust.json lists no runner keys or marks');
  const runnerKeys = new Map<string, { raw: Buffer; key: KeyObject | null }>();
  for (const { session_id: id, public_key: publicKey, entry_seq: seq } of trust.runner_keys) {
    const isRegistered = entries
      .get(seq)
      ?.events.some(
        ({ type, body }) => type === 'session.registered' && body.session_id === id && body.public_key === publicKey,
      );
    if (isRegistered !== true) throw new BundleFault(`${entryName(seq)} does not register the key of ${id}`);
    const raw = Buffer.from(publicKey, 'base64');
    runnerKeys.set(id, { raw, key: publicKeyOf(raw) });
  }
  const leftOut = new Set(trust.left_out.map(({ sha256 }: LeftOut) => sha256));
  judged.trust = { origin: trust.origin, workspaceId, runnerKeys, leftOut };
  return `workspace ${workspaceId}, ${runnerKeys.size} ${runnerKeys.size === 1 ? 'runner key, with' : 'runner keys, each with'} the entry that registered it`;
}

function readEntry(files: BundleFiles, name: string): JudgedEntry {
  const entry = files.json(name) as JudgedEntry;
  if (typeof entry !== 'object' || entry === null || !Array.isArray(entry.events) || entryName(entry.seq) !== name)
    throw new BundleFault(`${name} is not the entry of its number`);
  return entry;
}
