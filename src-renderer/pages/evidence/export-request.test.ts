import { expect, it } from 'vitest';
import { bundleName, readExport, readSeq } from './export-request.ts';

const draft = { scope: 'range', jobId: '', wuId: '', from: '#18,117', to: '18204' } as const;

it('reads numbers of entries as they are shown', () => {
  expect([readSeq('#18,117'), readSeq(' 0 '), readSeq('-1'), readSeq('')]).toEqual([18117, 0, null, null]);
});
it('asks for what the form says, or says what is missing', () => {
  expect(readExport(draft, 20_000)).toEqual({ request: { from: 18117, to: 18204 } });
  expect(readExport(draft, 18_000)).toEqual({ problem: 'The newest entry is #18000.' });
  expect(readExport({ ...draft, to: '1' }, 20_000)).toHaveProperty('problem');
  expect(readExport({ ...draft, scope: 'job' }, 1)).toHaveProperty('problem');
  expect(readExport({ ...draft, scope: 'wu', wuId: ' WU-2481 ' }, 1)).toEqual({ request: { wu_id: 'WU-2481' } });
  expect(readExport({ ...draft, scope: 'all' }, 1)).toEqual({ request: { all: true } });
});
it('names the file by its content, with nothing a path could use', () => {
  expect(bundleName({ wu_id: 'a/../b' })).toBe('evidence-a_.._b.tar');
  expect(bundleName({ from: 0, to: 9 })).toBe('evidence-0-9.tar');
});
