import type { EventBodies, LeaseEnd, PlaneEvent } from '../../contract/events.ts';
import type { TypedEntry } from '../engine.ts';

/** What the plane needs of its log to tell the story of a job. */
export interface EntryReader {
  readonly workspaceId: string;
  entry(seq: number): TypedEntry;
  /** The exact bytes of an entry. */
  line(seq: number): Buffer;
}
type Body<T extends PlaneEvent['type']> = EventBodies[T];

/** What a job was at some moment: as submitted, or as edited since. */
export type SpecifiedJob = Pick<Body<'job.submitted'>, 'spec' | 'digest'>;

/** A lease that ended, with everything that was recorded of it. */
export interface EndedLease {
  /** The job as this lease ran it: an edit between two attempts makes them run two jobs. */
  asRun: SpecifiedJob;
  granted: Body<'lease.granted'>;
  grantedAt: string;
  grantedSeq: number;
  decision: Body<'policy.decided'> | null;
  end: LeaseEnd;
  state: 'released' | 'expired' | 'revoked';
  endSeq: number;
  endedAt: string;
  settled: Body<'budget.settled'>[];
  /** How the job ended; null when it is tried again. */
  job: Body<'job.settled'> | null;
  /** Answers to the job's questions up to the end of this lease. */
  approvals: AnsweredApproval[];
}
export interface AnsweredApproval {
  approval_id: string;
  kind: string;
  status: 'approved' | 'rejected' | 'expired';
  by: string;
  at: string;
  seq: number;
}
export interface LateReceipt {
  body: Body<'attempt.late_receipt'>;
  seq: number;
}

/** A job as its entries tell it: each lease that ended, each receipt that came too late. */
export interface JobStory {
  jobId: string;
  submittedSeq: number;
  entries: TypedEntry[];
  ended: EndedLease[];
  late: LateReceipt[];
  /** Sessions that were granted a lease of the job. */
  sessions: string[];
}

const LEASE_ENDS = { 'lease.released': 'released', 'lease.expired': 'expired', 'lease.revoked': 'revoked' } as const;
const ANSWERS = {
  'approval.approved': 'approved',
  'approval.rejected': 'rejected',
  'approval.expired': 'expired',
} as const;

/** Every entry that speaks of the job, oldest first: each names the one before it. */
export function entriesOfJob(reader: EntryReader, lastSeq: number): TypedEntry[] {
  const entries: TypedEntry[] = [];
  for (let seq: number | undefined = lastSeq; seq !== undefined; ) {
    const entry: TypedEntry = reader.entry(seq);
    entries.push(entry);
    seq = typeof entry.ref.after === 'number' ? entry.ref.after : undefined;
  }
  return entries.reverse();
}

/** @param lastSeq the newest entry that speaks of the job. */
export function storyOfJob(reader: EntryReader, lastSeq: number): JobStory {
  const entries = entriesOfJob(reader, lastSeq);
  const submitted = bodyOf(entries[0], 'job.submitted');
  if (entries[0] === undefined || submitted === null) throw new Error(`entry ${lastSeq} belongs to no job`);
  const story: JobStory = {
    jobId: submitted.job_id,
    submittedSeq: entries[0].seq,
    entries,
    ended: [],
    late: [],
    sessions: [],
  };
  const grants = new Map<string, Grant>();
  let specified: SpecifiedJob = submitted;
  const kinds = new Map<string, string>();
  const approvals: AnsweredApproval[] = [];
  for (const entry of entries) {
    for (const event of entry.events) {
      if (event.type === 'job.edited') specified = event.body;
      else if (event.type === 'lease.granted') {
        grants.set(event.body.lease_id, { entry, asRun: specified });
        if (!story.sessions.includes(event.body.session_id)) story.sessions.push(event.body.session_id);
      } else if (event.type === 'approval.requested') kinds.set(event.body.approval_id, event.body.kind);
      else if (event.type in ANSWERS) approvals.push(answered(entry, event, kinds));
      else if (event.type === 'attempt.late_receipt') story.late.push({ body: event.body, seq: entry.seq });
      else if (event.type in LEASE_ENDS) story.ended.push(endedLease(entry, event, grants, approvals));
    }
  }
  return story;
}

interface Grant {
  entry: TypedEntry;
  asRun: SpecifiedJob;
}

/** The job as a lease had it, from the job's entries; null when they grant no such lease. */
export function jobOfLease(entries: readonly TypedEntry[], leaseId: string): SpecifiedJob | null {
  let specified: SpecifiedJob | null = null;
  for (const { events } of entries)
    for (const { type, body } of events) {
      if (type === 'job.submitted' || type === 'job.edited') specified = body;
      else if (type === 'lease.granted' && body.lease_id === leaseId) return specified;
    }
  return null;
}

function answered(entry: TypedEntry, { type, body }: PlaneEvent, kinds: Map<string, string>): AnsweredApproval {
  const id = (body as { approval_id: string }).approval_id;
  return {
    approval_id: id,
    kind: kinds.get(id) ?? 'unknown',
    status: ANSWERS[type as keyof typeof ANSWERS],
    by: entry.actor.id,
    at: entry.at,
    seq: entry.seq,
  };
}

function endedLease(
  entry: TypedEntry,
  { type, body }: PlaneEvent,
  grants: Map<string, Grant>,
  approvals: readonly AnsweredApproval[],
): EndedLease {
  const end = body as LeaseEnd;
  const { entry: grant, asRun } = grants.get(end.lease_id) ?? {};
  const granted = bodyOf(grant, 'lease.granted');
  if (grant === undefined || asRun === undefined || granted === null)
    throw new Error(`lease ${end.lease_id} ended and was never granted`);
  return {
    asRun,
    granted,
    grantedAt: grant.at,
    grantedSeq: grant.seq,
    decision: bodyOf(grant, 'policy.decided'),
    end,
    state: LEASE_ENDS[type as keyof typeof LEASE_ENDS],
    endSeq: entry.seq,
    endedAt: entry.at,
    settled: entry.events.flatMap((e) => (e.type === 'budget.settled' ? [e.body] : [])),
    job: bodyOf(entry, 'job.settled'),
    approvals: [...approvals],
  };
}

function bodyOf<T extends PlaneEvent['type']>(entry: TypedEntry | undefined, type: T): Body<T> | null {
  const event = entry?.events.find((e) => e.type === type);
  return event === undefined ? null : (event.body as unknown as Body<T>);
}
