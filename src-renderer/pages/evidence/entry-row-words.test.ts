import { expect, it } from 'vitest';
import { detailOf, subjectOf, writerOf } from './entry-row-words.ts';

const entry = (types: string[], ref: Record<string, string | number>, bodies: object[]) => ({
  seq: 1,
  at: '2026-10-14T10:42:04Z',
  types,
  ref,
  actor: { kind: 'runner', id: 'ses_01M839HP9E1V4A6D4KPQ2DEN4D' },
  sha256: 'a'.repeat(64),
  about: {
    wu_id: null as string | null,
    source_name: 'dock-rack2' as string | null,
    writer_name: null as string | null,
  },
  line: JSON.stringify({ events: types.map((type, i) => ({ type, body: bodies[i] ?? {} })) }),
});

it('names subject and writer, and shortens an id that nobody knows', () => {
  const granted = entry(
    ['policy.decided', 'lease.granted'],
    { job: 'job_01M839HTDBJDA2WAA31G53J064', fence: 7742, attempt: 2 },
    [],
  );
  expect(subjectOf(granted)).toBe('job_…J064');
  expect(subjectOf({ ...granted, ref: { source: 'src_1' } })).toBe('dock-rack2');
  expect(subjectOf({ ...granted, ref: {} })).toBe('workspace');
  expect(writerOf(granted)).toBe('dock-rack2');
  expect(writerOf({ ...granted, about: { ...granted.about, writer_name: 'mbp-ines' } })).toBe('mbp-ines');
  expect(writerOf({ ...granted, about: { wu_id: null, source_name: null, writer_name: null } })).toBe('ses_…EN4D');
  expect(subjectOf({ ...granted, about: { wu_id: 'WU-2481', source_name: null, writer_name: null } })).toBe('WU-2481');
  expect(detailOf(granted)).toBe('Token 7742, attempt 2');
});
it('tells the fact of an entry', () => {
  expect(detailOf(entry(['lease.expired'], { fence: 7731 }, [{}]))).toBe('Token 7731 fenced');
  expect(detailOf(entry(['checkpoint.signed'], {}, [{ size: 18185 }]))).toBe('Tree size 18,185');
});
