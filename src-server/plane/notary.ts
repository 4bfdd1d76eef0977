import {
  CHECKPOINT_AFTER_ENTRIES,
  CHECKPOINT_AFTER_MS,
  CHECKPOINT_EVERY_MS,
  WITNESSES_PER_CHECKPOINT,
} from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import { type Checkpoint, formatCheckpoint, originOf, parseCheckpoint } from '../ledger/note/checkpoint.ts';
import { verifyCosignature, witnessName } from '../ledger/note/cosignature.ts';
import { keyIdOf, parseNote, signNote } from '../ledger/note/signed-note.ts';
import type { AppliedEntry } from '../state/entry-view.ts';
import { type CheckpointRow, checkpointOfSize, newestCheckpoint } from '../state/queries/evidence.ts';
import type { CommandContext } from './commands/context.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import type { LogSigner } from './keys.ts';

/** Entries about the log's own head: they alone never make another checkpoint due, or an idle plane would write for ever. */
const OWN_EVENTS: ReadonlySet<string> = new Set(['checkpoint.signed', 'witness.cosigned']);

/** Told of a checkpoint once the disk holds it, with the fence of that moment. */
export type OnCheckpoint = (checkpoint: Checkpoint, fence: number) => void;

/**
 * Signs the head of a workspace's log: when jobs settled, after 256 entries or a minute of growth, and at the end. Driven
 * by ticks, so it is off the way of every answer, and at most one goes into a batch.
 */
export class Notary {
  private growth: number;
  private growingSinceMs: number | null;
  private hasSettled = false;
  private signedMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly engine: Engine,
    /** Null: nothing is signed (a bench, a replay). */
    private readonly signer: LogSigner | null,
    private readonly onCheckpoint: OnCheckpoint = () => undefined,
  ) {
    const newest = newestCheckpoint(engine.state.db);
    const isOwn = newest === null || signer === null || isSignedHere(engine.workspaceId, newest, signer.publicKey);
    this.hasSettled = !isOwn;
    const grown = newest === null ? CHECKPOINT_AFTER_ENTRIES : engine.nextSeq - newest.seq - 1;
    // A head that an earlier key signed is signed anew, grown or not.
    this.growth = isOwn ? grown : Math.max(1, grown);
    this.growingSinceMs = this.growth > 0 ? engine.clock.monoMs() : null;
    engine.observers.push((entry) => this.observe(entry));
  }

  /** Signs when it is due. @param isEnd the plane stops: any growth is reason enough. */
  tick(isEnd = false): void {
    if (this.signer === null || this.growth === 0) return;
    const nowMs = this.engine.clock.monoMs();
    if (!isEnd) {
      const isDue =
        this.hasSettled ||
        this.growth >= CHECKPOINT_AFTER_ENTRIES ||
        nowMs - (this.growingSinceMs ?? nowMs) >= CHECKPOINT_AFTER_MS;
      if (!isDue || nowMs - this.signedMs < CHECKPOINT_EVERY_MS) return;
    }
    this.sign(this.signer);
  }

  /** The head now, signed: the newest checkpoint when it covers everything up to `seq`, else a new one. */
  covering(seq: number): CheckpointRow {
    const newest = newestCheckpoint(this.engine.state.db);
    const isOwn =
      newest !== null && (this.signer === null || isSignedHere(this.engine.workspaceId, newest, this.signer.publicKey));
    if (newest !== null && isOwn && newest.size > seq) return newest;
    if (this.signer === null)
      throw new ProblemError(
        'not_found',
        'No checkpoint was signed yet: this log has no key. Read its entries instead.',
      );
    this.sign(this.signer);
    return newestCheckpoint(this.engine.state.db) as CheckpointRow;
  }

  private sign(signer: LogSigner): void {
    const { engine } = this;
    const { size } = engine.tree;
    const root = engine.tree.root();
    const origin = originOf(engine.workspaceId);
    const note = signNote(formatCheckpoint({ origin, size, root }), { ...signer, name: origin });
    const seq = engine.emit(PLANE_ACTOR, [
      { type: 'checkpoint.signed', body: { size, root: root.toString('base64'), note } },
    ]);
    this.signedMs = engine.clock.monoMs();
    this.growth = 0;
    this.growingSinceMs = null;
    this.hasSettled = false;
    const { fence } = engine.state.head;
    engine.durable(seq).then(
      () => this.onCheckpoint({ origin, size, root }, fence),
      () => undefined,
    );
  }

  private observe({ events }: AppliedEntry): void {
    if (events.every(({ type }) => OWN_EVENTS.has(type))) return;
    this.growth++;
    this.growingSinceMs ??= this.engine.clock.monoMs();
    if (events.some(({ type }) => type === 'job.settled')) this.hasSettled = true;
  }
}

/** Is it by this key, and not by one that it followed? */
export const isSignedHere = (workspaceId: string, row: CheckpointRow, publicKey: Uint8Array): boolean => {
  const origin = originOf(workspaceId);
  return parseNote(row.note).signatures.some((s) => s.name === origin && s.keyId.equals(keyIdOf(origin, publicKey)));
};

/** The note as it is served: the log's signature and those of its witnesses. */
export const servedNote = (row: CheckpointRow): string => row.note + row.cosignatures.join('');

/**
 * Records that a runner saw a checkpoint, consistent with all it had seen before.
 * @param cosignature one signature line of a C2SP cosignature, under `connected-compute/<workspace>/<session>`.
 * @returns whether it was recorded; false when this runner's, or enough others, are there already.
 * @throws ProblemError `not_found` for a size that was not signed or is long past; `proof.invalid`.
 */
export function cosignCheckpoint(
  { engine }: CommandContext,
  sessionId: string,
  size: number,
  cosignature: string,
): { seq: number; recorded: boolean } {
  const row = checkpointOfSize(engine.state.db, size);
  if (row === null)
    throw new ProblemError('not_found', `No checkpoint of ${size} entries is kept. Ask for the newest and sign that.`);
  const session = engine.hot.fleet.sessions.get(sessionId);
  if (session === undefined) throw new ProblemError('session.expired', 'Show the key of this session again.');
  const name = witnessName(engine.workspaceId, sessionId);
  const line = cosignature.endsWith('\n') ? cosignature : `${cosignature}\n`;
  const isGood =
    verifyCosignature(parseNote(row.note).text, line, name, Buffer.from(session.publicKey, 'base64')) !== null;
  if (!isGood)
    throw new ProblemError(
      'proof.invalid',
      `Sign the checkpoint of ${size} entries with the key of this session as ${name}.`,
    );
  const isKnown = row.cosignatures.some((known) => known.startsWith(`— ${name} `));
  if (isKnown || row.cosignatures.length >= WITNESSES_PER_CHECKPOINT) return { seq: row.seq, recorded: false };
  const seq = engine.emit({ kind: 'runner', id: sessionId }, [
    { type: 'witness.cosigned', body: { session_id: sessionId, size, cosignature: line } },
  ]);
  return { seq, recorded: true };
}

/** What a checkpoint of a row says. */
export const checkpointOf = (row: CheckpointRow): Checkpoint => parseCheckpoint(parseNote(row.note).text);
