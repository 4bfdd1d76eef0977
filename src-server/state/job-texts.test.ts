import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Database } from './database.ts';
import { JobTexts } from './job-texts.ts';
import { listJobs } from './queries/jobs.ts';
import { JOB } from './schema.ts';
import { State } from './state.ts';

const REST = {
  bucket: 1,
  priority: 50,
  attempt: 0,
  max_attempts: 1,
  fallback: 0,
  last_seq: 1,
  created_ms: 0,
  stopping: 0,
};
const MORE = {
  queued_plane_ms: 0,
  ready_plane_ms: 0,
  approval: 0,
  max_runtime_ms: 1,
  extras_mcu: 0,
  on_refusal: 'refuse',
};
const submit = (db: Database, seq: number, title: string, over: Record<string, string> = {}): void =>
  db.rows(JOB).insert({ seq, job_id: `job_${seq}`, wu_id: 'WU-7', title, state: 'queued', ...REST, ...MORE, ...over });
const edit = (db: Database, seq: number, specSeq: number, title: string): void => {
  db.run('UPDATE job SET title = ? WHERE seq = ?', [title, seq]);
  db.run('INSERT OR REPLACE INTO job_edit(job_seq, spec_seq) VALUES (?,?)', [seq, specSeq]);
};
const found = (db: Database, text: string, below?: number): number[] => [...JobTexts.of(db).find(text, below)];
const open = async (): Promise<Database> => (await State.empty()).db;

describe('the texts of jobs', () => {
  test('are found in WU and title, whatever the case, newest first', async () => {
    const db = await open();
    expect(found(db, 'lint')).toEqual([]);
    submit(db, 3, 'Lint docs');
    submit(db, 5, 'Übersetzung');
    submit(db, 8, 'lint 100%');
    expect(found(db, 'LINT')).toEqual([8, 3]);
    expect(found(db, 'wu-7 lint')).toEqual([8, 3]);
    expect(found(db, 'übersetz')).toEqual([5]);
    expect(found(db, '0%')).toEqual([8]);
    expect(found(db, 'lint', 8)).toEqual([3]);
  });

  test('are not found in the sequence, nor across two jobs', async () => {
    const db = await open();
    submit(db, 1234, 'a\u001eb\u001f1');
    submit(db, 1235, 'no 1235');
    expect(found(db, '1234')).toEqual([]);
    expect(found(db, '1235')).toEqual([1235]);
    expect(found(db, 'b\u001f1')).toEqual([1234]);
    expect(found(db, '1\u001f1234')).toEqual([]);
  });

  test('take in what is submitted and edited after the first search', async () => {
    const db = await open();
    submit(db, 1, 'first');
    submit(db, 2, 'second');
    expect(found(db, 'first')).toEqual([1]);
    submit(db, 3, 'first again');
    expect(found(db, 'first')).toEqual([3, 1]);
    edit(db, 1, 4, 'other');
    expect(found(db, 'first')).toEqual([3]);
    expect(found(db, 'other')).toEqual([1]);
    edit(db, 1, 5, 'first once more');
    expect(found(db, 'first')).toEqual([3, 1]);
  });

  test('are read ahead in turns, and no further once the database is given up', async () => {
    const [db, closed] = [await open(), await open()];
    for (const each of [db, closed]) for (let seq = 1; seq <= 5_000; seq++) submit(each, seq, 'build');
    const turns: (() => void)[] = [];
    for (const each of [db, db, closed]) JobTexts.of(each).readAhead((run) => turns.push(run));
    expect(turns).toHaveLength(2);
    closed.close();
    for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn();
    expect(JobTexts.of(db).readOlder()).toBe(false);
    expect(found(db, 'build')).toHaveLength(5_000);
  });

  test('are whole over many blocks, also when they are read in between', async () => {
    const db = await open();
    const at = (seq: number) => (seq % 1_000 === 7 ? `rare ${seq}` : 'common');
    for (let seq = 1; seq <= 6_000; seq++) submit(db, seq, at(seq));
    JobTexts.of(db).readOlder();
    for (let seq = 6_001; seq <= 15_000; seq++) submit(db, seq, at(seq));
    const rare = Array.from({ length: 15 }, (_, n) => (14 - n) * 1_000 + 7);
    expect(found(db, 'rare')).toEqual(rare);
    expect(found(db, 'rare')).toEqual(rare);
    expect(found(db, 'common')).toHaveLength(15_000 - 15);
  });
});

test('a search with filters and pages finds what reading all jobs finds', async () => {
  const states = ['queued', 'failed', 'succeeded'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ title: fc.constantFrom('a', 'Ab', 'É b', 'a%b', '12'), state: fc.nat(2) }), {
        maxLength: 40,
      }),
      fc.constantFrom('', 'a', 'b', 'é', '%', '1', 'wu-7 a', 'zz'),
      fc.option(fc.record({ state: fc.nat(2), isCommon: fc.boolean() }), { nil: undefined }),
      fc.integer({ min: 1, max: 5 }),
      async (jobs, search, by, limit) => {
        const db = await open();
        const state = by === undefined ? undefined : (states[by.state] as string);
        for (const [n, job] of jobs.entries()) submit(db, n + 1, job.title, { state: states[job.state] as string });
        const wanted = jobs
          .map(({ title, state: is }, n) => ({ seq: n + 1, text: `wu-7 ${title}`.toLowerCase(), is: states[is] }))
          .filter(({ text, is }) => text.includes(search) && (state === undefined || is === state))
          .map(({ seq }) => seq)
          .reverse();
        const paged: number[] = [];
        for (let beforeSeq: number | undefined; ; ) {
          const filter = state === undefined ? {} : { states: [state], isCommon: by?.isCommon };
          const page = listJobs(db, { search, limit, beforeSeq, ...filter });
          paged.push(...page.map(({ seq }) => seq));
          if (page.length < limit) break;
          beforeSeq = page.at(-1)?.seq;
        }
        expect(paged).toEqual(wanted);
      },
    ),
    { numRuns: 150 },
  );
});

test('a common text among few jobs of another filter is found all the same', async () => {
  const db = await open();
  for (let seq = 1; seq <= 9_000; seq++) submit(db, seq, 'build', seq <= 3 ? { source_id: 'src_a' } : {});
  expect(listJobs(db, { search: 'build', sourceId: 'src_a', limit: 10 }).map(({ seq }) => seq)).toEqual([3, 2, 1]);
});
