import { createHash } from 'node:crypto';
import verifier from '../../../resources/evidence/verify.py';
import type { EventBodies, LeaseEnd } from '../../contract/events.ts';
import type { Trust } from '../../ledger/bundle/layout.ts';
import { type BundleParts, writeBundle } from '../../ledger/bundle/write-bundle.ts';
import type { Engine } from '../engine.ts';
import type { BlobStore, RunLogs } from '../files-port.ts';
import type { PlaneKey } from '../keys.ts';
import { storyOfJob } from './job-story.ts';
import { LeftByAttempts } from './left-by-attempts.ts';
import { readBlob } from './read-blob.ts';
import { receiptName, settledFiles } from './receipts-of-job.ts';
import { runnerKeyOf } from './runner-key.ts';
import type { Selection } from './select-entries.ts';

/** The log's tree, as an export needs it. */
export interface LogProver {
  /** The newest cosigned checkpoint that covers so many entries, else one signed for the export. */
  checkpointFor(sizeAtLeast: number): Promise<{ note: Buffer; text: string; size: number; signers: string[] }>;
  /** Inclusion proof of an entry in the tree of that size, the leaf's sibling first. */
  inclusion(seq: number, size: number): readonly Uint8Array[];
}
/** What an export reads. */
export interface ExportSource {
  engine: Engine;
  key: PlaneKey;
  blobs: BlobStore;
  runLogs: RunLogs;
  prover: LogProver;
  /** Lets the plane do its other work. */
  pause(): Promise<void>;
}
const LEASE_ENDS: ReadonlySet<string> = new Set(['lease.released', 'lease.expired', 'lease.revoked']);
const RECEIPT_LIMIT_BYTES = 1024 * 1024;
/** Entries between two pauses: a few milliseconds of work. */
const ENTRIES_PER_TURN = 200;

/** The bundle of a selection, as the bytes of a tar. The log may grow meanwhile; what was selected stays. */
export async function* exportBundle(source: ExportSource, selection: Selection): AsyncGenerator<Buffer> {
  yield* writeBundle(await bundleParts(source, selection));
}

async function bundleParts(source: ExportSource, selection: Selection): Promise<BundleParts> {
  const { engine, key, prover } = source;
  const gathered = await gather(source, selection.seqs);
  // The keys of runners that signed receipts have to be in the tree too, so they decide which checkpoint covers all.
  const known = keysOf(engine, gathered.sessions);
  // Who knows an older key can follow it to the one that signs here.
  const { rotationSeqs } = engine.state.head;
  const highest = Math.max(...selection.seqs.slice(-1), ...known.map((k) => k.entry_seq), ...rotationSeqs);
  const checkpoint = await prover.checkpointFor(highest + 1);
  const runnerKeys = keysOf(engine, [...gathered.sessions, ...checkpoint.signers], checkpoint.size);
  const besides = [...runnerKeys.map((k) => k.entry_seq), ...rotationSeqs];
  const seqs = [...new Set([...selection.seqs, ...besides])].sort((a, b) => a - b);
  return {
    workspaceId: engine.workspaceId,
    about: selection.about,
    rawKey: Buffer.from(key.publicKeyBase64, 'base64'),
    fingerprint: key.fingerprint,
    sign: (bytes) => key.sign(bytes),
    verifier,
    seqs,
    line: (seq) => engine.line(seq),
    proof: (seq) => prover.inclusion(seq, checkpoint.size),
    checkpoint,
    runnerKeys,
    receipts: gathered.receipts,
    artifacts: gathered.left.artifacts,
    leftOut: gathered.left.leftOut,
    pause: source.pause,
  };
}

interface Gathered {
  receipts: BundleParts['receipts'][number][];
  left: LeftByAttempts;
  sessions: Set<string>;
}

async function gather(source: ExportSource, seqs: readonly number[]): Promise<Gathered> {
  const gathered: Gathered = {
    receipts: [],
    left: new LeftByAttempts(source.blobs, source.runLogs),
    sessions: new Set(),
  };
  for (const [index, seq] of seqs.entries()) {
    if (index % ENTRIES_PER_TURN === 0) await source.pause();
    for (const { type, body } of source.engine.entry(seq).events) {
      if (LEASE_ENDS.has(type)) await gatherEnd(source, seq, body as LeaseEnd, gathered);
      else if (type === 'attempt.late_receipt')
        await gatherLate(source, seq, body as EventBodies[typeof type], gathered);
    }
  }
  return gathered;
}

/** The receipts of a lease that ended are made from its entry when their bytes are asked for. */
async function gatherEnd(source: ExportSource, seq: number, end: LeaseEnd, gathered: Gathered): Promise<void> {
  const { engine, key } = source;
  const make = () => settledFiles(engine, storyOfJob(engine, seq), key);
  for (const { name } of await make())
    gathered.receipts.push({ name, bytes: async () => (await make()).find((f) => f.name === name)?.bytes as Buffer });
  const { granted } = storyOfJob(engine, seq).ended.at(-1) ?? {};
  if (end.run_receipt_sha256 !== null && granted !== undefined)
    await gatherStored(source, receiptName(end.lease_id, 'run'), end.run_receipt_sha256, granted.session_id, gathered);
  await gathered.left.take(end);
}

async function gatherLate(
  source: ExportSource,
  seq: number,
  body: EventBodies['attempt.late_receipt'],
  gathered: Gathered,
): Promise<void> {
  const { actor } = source.engine.entry(seq);
  await gatherStored(source, receiptName(body.lease_id, 'late'), body.run_receipt_sha256, actor.id, gathered);
}

async function gatherStored(
  { blobs }: ExportSource,
  name: string,
  sha256: string,
  sessionId: string,
  { receipts, left, sessions }: Gathered,
): Promise<void> {
  const bytes = () => readBlob(blobs, sha256, RECEIPT_LIMIT_BYTES);
  const kept = await bytes();
  // A file whose bytes rotted on the disk is no receipt; its mark says that it was one.
  if (kept === null || createHash('sha256').update(kept).digest('hex') !== sha256) {
    left.mark(sha256);
    return;
  }
  sessions.add(sessionId);
  receipts.push({ name, bytes: async () => (await bytes()) ?? Buffer.alloc(0) });
}

/** Sessions with the entry that registered their key, oldest first; those beyond a checkpoint are not told. */
function keysOf(engine: Engine, sessionIds: Iterable<string>, below = Number.POSITIVE_INFINITY): Trust['runner_keys'] {
  const keys: Trust['runner_keys'] = [];
  for (const id of new Set(sessionIds)) {
    const session = runnerKeyOf(engine, id);
    if (session === undefined || session.registeredSeq >= below) continue;
    keys.push({ session_id: id, public_key: session.publicKey, entry_seq: session.registeredSeq });
  }
  return keys.sort((a, b) => a.entry_seq - b.entry_seq);
}
