import { createHash } from 'node:crypto';
import type { PlaneEvent } from '../contract/events.ts';
import type { JobSpec } from '../contract/job.ts';
import { ENTRY_LIMIT_BYTES } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import type { JobState } from '../contract/terms.ts';
import { decodeEntry, type Entry, type EntryActor, encodeEntry } from '../ledger/entry.ts';
import { EntryError } from '../ledger/errors.ts';
import type { GroupCommit } from '../ledger/group-commit.ts';
import type { LogPort } from '../ledger/log-port.ts';
import { leafDigest } from '../ledger/tree/hashes.ts';
import { treeOf } from '../ledger/tree/log-tree.ts';
import type { MerkleTree } from '../ledger/tree/merkle-tree.ts';
import type { AppliedEntry } from '../state/entry-view.ts';
import { bucketBySignature, type JobRow, jobById, jobBySeq } from '../state/queries/jobs.ts';
import type { State } from '../state/state.ts';
import { type Clock, instantOf } from './clock.ts';
import { applyToHot } from './hot/apply.ts';
import type { Hot } from './hot/hot.ts';
import type { Ids } from './ids.ts';
import type { Random } from './random.ts';

/** A job as it was submitted, or edited since, read from the log by its sequence. */
export interface SubmittedJob {
  jobId: string;
  spec: JobSpec;
  digest: string;
  retryOf: string | null;
  submittedBy: string;
}

export interface EngineParts {
  workspaceId: string;
  clock: Clock;
  ids: Ids;
  random: Random;
  log: LogPort;
  commit: GroupCommit;
  state: State;
  hot: Hot;
  /** The tree over everything that is applied. */
  tree: MerkleTree;
  /** Identifies this start; monotonic readings compare only within it. */
  boot: string;
}

/** An entry whose events are of the closed list. */
export type TypedEntry = Omit<Entry, 'events'> & { events: PlaneEvent[] };

const SPECS_KEPT = 16_384;
const STAGED_KEPT = 1_024;
export const PLANE_ACTOR: EntryActor = { kind: 'plane', id: 'plane' };

/**
 * The write side of one workspace: an entry is built, applied to state and memory and staged for the disk in one
 * synchronous step, so nothing ever sees half an outcome. Commands decide first and emit last.
 */
export class Engine {
  readonly workspaceId: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly commit: GroupCommit;
  readonly boot: string;
  state: State;
  hot: Hot;
  log: LogPort;
  /** The tree over the exact bytes of everything that is applied. */
  tree: MerkleTree;
  /** Is managed use to be told to an outside meter? */
  isMetered = false;
  /** Listens to each entry after it was applied (change feed, simulator). */
  readonly observers: ((entry: AppliedEntry, line: Buffer) => void)[] = [];
  private staged: Buffer[] = [];
  private stagedFrom: number;
  private readonly specs = new Map<number, SubmittedJob>();

  constructor(parts: EngineParts) {
    this.workspaceId = parts.workspaceId;
    this.clock = parts.clock;
    this.ids = parts.ids;
    this.random = parts.random;
    this.log = parts.log;
    this.commit = parts.commit;
    this.state = parts.state;
    this.hot = parts.hot;
    this.tree = parts.tree;
    this.boot = parts.boot;
    this.stagedFrom = parts.log.nextSeq;
  }

  /** Seq of the next entry; everything below it is applied. */
  get nextSeq(): number {
    return this.state.head.nextSeq;
  }

  /** The plane's accumulated running time now, ms. */
  get planeMs(): number {
    const { head } = this.state;
    return head.boot === this.boot ? head.planeMs + Math.max(0, this.clock.monoMs() - head.mono) : head.planeMs;
  }

  /**
   * Writes one entry.
   * @param job the job that the entry speaks of, as it stood before.
   * @returns its sequence; it is acknowledged only when the disk has it (`durable`).
   */
  emit(
    actor: EntryActor,
    events: readonly PlaneEvent[],
    ref: Record<string, string | number> = {},
    job: JobRow | null = null,
  ): number {
    const { state, clock } = this;
    const seq = state.head.nextSeq;
    const wallMs = clock.wallMs();
    const fullRef = job === null ? ref : Object.assign({ job: job.jobId, job_seq: job.seq, after: job.lastSeq }, ref);
    const fields = {
      seq,
      ws: this.workspaceId,
      at: instantOf(wallMs),
      boot: this.boot,
      mono: clock.monoMs(),
      batch: this.commit.openBatch,
      actor,
      ref: fullRef,
      salt: this.random.bytes(16),
      events: events as unknown as Entry['events'],
    };
    const { line, hash } = encode(fields, state.head.root);
    // Staging refuses after a failed append; nothing may be applied then.
    this.commit.stage(line);
    this.staged.push(line);
    if (this.staged.length > STAGED_KEPT) this.forgetDurable();
    const entry = fields as unknown as AppliedEntry;
    state.apply(entry, hash);
    this.tree.append(leafDigest(line));
    // An edit may move a job to a bucket of its own.
    const bucket = this.bucketOf(entry);
    applyToHot(this.hot, entry, {
      wallMs,
      planeMs: state.head.planeMs,
      jobStateBefore: job?.state ?? null,
      bucket: job?.bucket ?? bucket,
    });
    for (const observe of this.observers) observe(entry, line);
    return seq;
  }

  /** Resolves when everything that was applied until now is on disk. */
  durable(seq = this.nextSeq - 1): Promise<void> {
    return seq < 0 ? Promise.resolve() : this.commit.durable(seq);
  }

  /** Entries that were made under an idempotency key, oldest first, with the request of each; mostly none. */
  entriesOfKey(key: string): { seq: number; request: string }[] {
    const seqs = this.state.keys.find(key);
    if (seqs.length === 0) return [];
    return seqs
      .map((seq) => ({ seq, ref: this.entry(seq).ref }))
      .filter(({ ref }) => ref.idem === key)
      .map(({ seq, ref }) => ({ seq, request: String(ref.request) }));
  }

  /** The exact bytes of an entry, on disk or staged. */
  line(seq: number): Buffer {
    this.forgetDurable();
    if (seq < this.log.nextSeq) return this.log.get(seq);
    const line = this.staged[seq - this.stagedFrom];
    if (line === undefined) throw new ProblemError('not_found', `There is no entry ${seq}.`);
    return line;
  }

  entry(seq: number): TypedEntry {
    return decodeEntry(this.line(seq)) as unknown as TypedEntry;
  }

  job(jobId: string): JobRow {
    const row = jobById(this.state.db, jobId);
    if (row === undefined) throw new ProblemError('not_found', `There is no job ${jobId} in this workspace.`);
    return row;
  }

  jobAt(seq: number): JobRow {
    const row = jobBySeq(this.state.db, seq);
    if (row === undefined) throw new Error(`no job at ${seq}`);
    return row;
  }

  /** The specification of a job, from its entry. */
  submitted(jobSeq: number): SubmittedJob {
    const known = this.specs.get(jobSeq);
    if (known !== undefined) return known;
    const first = this.submittedFirst(jobSeq);
    const editSeq = this.hot.specSeqs.get(jobSeq);
    const edit = editSeq === undefined ? undefined : this.entry(editSeq).events.find((e) => e.type === 'job.edited');
    const submitted =
      edit?.type === 'job.edited' ? { ...first, spec: edit.body.spec, digest: edit.body.digest } : first;
    this.rememberSpec(jobSeq, submitted);
    return submitted;
  }

  /** The job as its submit told it, before any edit. */
  submittedFirst(jobSeq: number): SubmittedJob {
    const entry = this.entry(jobSeq);
    const event = entry.events.find((e) => e.type === 'job.submitted');
    if (event?.type !== 'job.submitted') throw new Error(`entry ${jobSeq} submits no job`);
    const { job_id: jobId, spec, digest, retry_of: retryOf } = event.body;
    return { jobId, spec, digest, retryOf, submittedBy: entry.actor.id };
  }

  rememberSpec(jobSeq: number, submitted: SubmittedJob): void {
    if (this.specs.size >= SPECS_KEPT) this.specs.delete(this.specs.keys().next().value as number);
    this.specs.set(jobSeq, submitted);
  }

  /** Starts again from what the disk holds, after an append that failed for want of space. */
  reopen(state: State, hot: Hot): void {
    this.state.close();
    this.state = state;
    this.hot = hot;
    this.tree = treeOf(this.log, state.treeBytes);
    this.staged = [];
    this.stagedFrom = this.log.nextSeq;
    this.specs.clear();
    this.commit.reset(this.log);
  }

  /** Drops lines that the log itself can answer now. */
  private forgetDurable(): void {
    const durable = this.log.nextSeq - this.stagedFrom;
    if (durable <= 0) return;
    this.staged = this.staged.slice(durable);
    this.stagedFrom += durable;
  }

  /** A new job interns its bucket while it is applied; the memory learns of it here. */
  private bucketOf(entry: AppliedEntry): number | null {
    const signature = entry.ref.bucket;
    if (signature === undefined) return null;
    const known = this.hot.queue.findBySignature(String(signature));
    if (known !== undefined) return known.id;
    const id = bucketBySignature(this.state.db, String(signature)) as number;
    this.hot.queue.addBucket(id, String(signature), null);
    return id;
  }
}

/** An entry has a limit, so that a reader has one; what does not fit is the request's fault. */
function encode(fields: Parameters<typeof encodeEntry>[0], prevHash: string): ReturnType<typeof encodeEntry> {
  try {
    return encodeEntry(fields, prevHash);
  } catch (error) {
    if (error instanceof EntryError && error.code === 'entry.too_large') {
      throw new ProblemError(
        'body.too_large',
        `Send less in one request: one record holds ${ENTRY_LIMIT_BYTES} bytes at most.`,
      );
    }
    throw error;
  }
}

/** Hash under which idempotency keys and requests are kept: 128 bits are enough against chance, and nobody attacks himself. */
export const shortHash = (...parts: string[]): string =>
  createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 32);

/** The states from which a job may be taken. */
export const isOpen = (state: JobState): boolean =>
  state === 'queued' || state === 'held' || state === 'claimed' || state === 'running';
