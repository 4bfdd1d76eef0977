import { expect, test } from 'vitest';
import { ENDED_LEASE, ENDED_LEASES_KEPT, JOB } from '../schema.ts';
import { State } from '../state.ts';
import { countGrantedSince, listEndedLeases } from './leases.ts';

const KEPT = ENDED_LEASES_KEPT;
const SECOND_MS = 1_000;

/** Leases with these fences ended, each granted at its fence's second, on one of two sources in turn. */
async function ended(fences: readonly number[]) {
  const { db } = await State.empty();
  const job = {
    seq: 1,
    job_id: 'job_1',
    wu_id: 'WU-1',
    title: 'Unit tests',
    state: 'succeeded',
    stopping: 0,
    bucket: 1,
  };
  const rest = {
    priority: 50,
    attempt: 1,
    max_attempts: 1,
    fallback: 0,
    last_seq: 1,
    created_ms: 0,
    queued_plane_ms: 0,
  };
  const more = { ready_plane_ms: 0, approval: 0, max_runtime_ms: 1, extras_mcu: 0, on_refusal: 'refuse' };
  db.rows(JOB).insert({ ...job, ...rest, ...more });
  for (const fence of fences)
    db.rows(ENDED_LEASE).insert({
      slot: fence % KEPT,
      lease_id: `lse_${fence}`,
      job_id: 'job_1',
      job_seq: 1,
      attempt: 1,
      fence,
      source_id: `src_${fence % 2}`,
      session_id: 'ses_1',
      state: fence % 3 === 0 ? 'expired' : 'released',
      outcome: 'succeeded',
      ttl_ms: 1,
      max_runtime_ms: 1,
      granted_ms: fence * SECOND_MS,
      started_ms: null,
      ended_ms: fence * SECOND_MS + 1,
      renewals: 0,
      end_seq: fence,
    });
  return db;
}
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** All pages, one after the other, as the console asks for them. */
function paged(db: Awaited<ReturnType<typeof ended>>, newest: number, limit: number, more = {}): number[] {
  const found: number[] = [];
  for (let beforeFence: number | undefined; ; ) {
    const page = listEndedLeases(db, newest, { ...more, beforeFence, limit }).map(({ fence }) => fence);
    found.push(...page);
    if (page.length < limit) return found;
    beforeFence = page.at(-1);
  }
}

test('pages go on over the end of the ring, newest first, whatever the filter', async () => {
  const fences = range(KEPT - 7, KEPT + 9);
  const db = await ended(fences);
  const down = [...fences].reverse();
  expect(paged(db, KEPT + 9, 4)).toEqual(down);
  expect(paged(db, KEPT + 9, 3, { sourceIds: ['src_1'] })).toEqual(down.filter((fence) => fence % 2 === 1));
  expect(paged(db, KEPT + 9, 2, { state: 'expired' })).toEqual(down.filter((fence) => fence % 3 === 0));
  expect(paged(db, KEPT + 9, 5, { endedSinceMs: (KEPT + 2) * SECOND_MS })).toEqual(range(KEPT + 2, KEPT + 9).reverse());
});

test('a lease that lived longer than the ring is left out, and cuts no page short', async () => {
  const db = await ended([...range(KEPT + 1, KEPT + 6).filter((fence) => fence !== KEPT + 4), 4]);
  expect(paged(db, KEPT + 6, 2)).toEqual([KEPT + 6, KEPT + 5, KEPT + 3, KEPT + 2, KEPT + 1]);
});

test('what was granted since a moment is counted among the newest', async () => {
  const db = await ended(range(KEPT - 7, KEPT + 9));
  expect(countGrantedSince(db, KEPT + 9, (KEPT - 3) * SECOND_MS, 1_000)).toBe(13);
  expect(countGrantedSince(db, KEPT + 9, 0, 5)).toBe(5);
  expect(countGrantedSince(db, KEPT + 9, (KEPT + 100) * SECOND_MS, 1_000)).toBe(0);
});
