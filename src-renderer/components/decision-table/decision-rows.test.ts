import { describe, expect, it } from 'vitest';
import type { CandidateGroup, Explain, ExplainCandidate, RuleResult } from '../../../src-server/contract/decision.ts';
import { explainRows, recordRows } from './decision-rows.ts';

const fail = (rule: RuleResult['rule'], detail: string): RuleResult => ({ rule, pass: false, detail });
const candidate = (name: string, more: Partial<ExplainCandidate> = {}): ExplainCandidate => ({
  source_id: name,
  name,
  kind: 'laptop',
  side: 'byoc',
  compute_class: 'cpu-small',
  free: 1,
  capacity: 2,
  seen_ms_ago: 2_000,
  verdict: 'filtered',
  rules: [],
  ...more,
});
const explain = (...candidates: ExplainCandidate[]) => ({ candidates, total: candidates.length }) as Explain;
const group = (more: Partial<CandidateGroup>): CandidateGroup => ({
  source_ids: ['a'],
  count: 1,
  profile: { side: 'byoc', compute_class: 'cpu-small', confined: 'confined' },
  verdict: 'filtered',
  rules: [],
  ...more,
});
const named = (id: string) => ({ id, name: `name-${id}`, kind: null });

describe('rows of a decision that is run now', () => {
  it('shows the value that failed and those that passed', () => {
    const [row] = explainRows(explain(candidate('a', { rules: [fail('labels.missing', 'region=us')] })), false);
    expect(row?.cells.labels).toEqual({ isPass: false, text: 'region=us' });
    expect(row?.cells.source).toEqual({ isPass: true, text: '2 s' });
    expect(row?.cells.slots.text).toBe('1 free');
    expect(row?.result).toBe('Closest');
  });
  it('fits what failed into its column, and keeps the whole for who points at it', () => {
    const cellOf = (rule: RuleResult['rule'], detail: string, column: 'confined' | 'source' | 'budget') =>
      explainRows(explain(candidate('a', { rules: [fail(rule, detail)] })), false)[0]?.cells[column];
    const nothing = 'files and network not enforced';
    expect(cellOf('confinement.insufficient', nothing, 'confined')).toEqual({
      isPass: false,
      text: 'none',
      whole: nothing,
    });
    expect(cellOf('confinement.insufficient', 'network not enforced', 'confined')?.text).toBe('network');
    expect(cellOf('source.offline', 'not connected yet', 'source')?.text).toBe('pending');
    expect(cellOf('budget.insufficient', 'WU-1 8.5 CU short', 'budget')).toEqual({
      isPass: false,
      text: 'over',
      whole: 'WU-1 8.5 CU short',
    });
  });
  it('says what only waits for the fallback, and who was outranked by how much', () => {
    const rows = explainRows(
      explain(
        candidate('a', { verdict: 'chosen' }),
        candidate('b', { verdict: 'outranked', rules: [fail('outranked', 'lower rank')] }),
        candidate('c', { rules: [fail('fallback.not_yet', 'byoc_first')] }),
      ),
      true,
    );
    expect(rows.map((row) => row.result)).toEqual(['Would be assigned', 'Outranked, 1 of 2', 'Fallback not yet']);
  });
  it('joins those of a large fleet that fail alike, the best stay by name', () => {
    const many = Array.from({ length: 190 }, (_, i) =>
      candidate(`s${i}`, { rules: [fail('source.offline', 'offline')] }),
    );
    const rows = explainRows(explain(candidate('best', { verdict: 'chosen' }), ...many), false);
    expect(rows[0]?.label).toBe('best');
    expect(rows.at(-1)?.label).toBe('184 more: offline');
    expect(rows.at(-1)?.members).toHaveLength(184);
  });
});

describe('rows of a recorded decision', () => {
  it('names the sources of a small fleet', () => {
    const rows = recordRows(
      [group({ source_ids: ['a', 'b'], count: 2 }), group({ source_ids: ['c'], verdict: 'chosen' })],
      named,
    );
    expect(rows.map((row) => row.label)).toEqual(['name-c', 'name-a', 'name-b']);
  });
  it('keeps the groups of a large one, the chosen by name', () => {
    const rows = recordRows(
      [
        group({ source_ids: ['a', 'b'], count: 9_812, rules: [fail('source.offline', 'offline')] }),
        group({ source_ids: ['c'], verdict: 'chosen' }),
      ],
      named,
    );
    expect(rows.map((row) => row.label)).toEqual(['name-c', '9,812 more: offline']);
    expect(rows[1]?.members).toHaveLength(2);
  });
  it('writes the side in words', () => {
    const [row] = recordRows([group({ rules: [fail('side.not_allowed', 'managed')] })], named);
    expect(row?.cells.side).toEqual({ isPass: false, text: 'Managed' });
  });
});
