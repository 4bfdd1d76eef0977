import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../src-server/contract/job.ts';
import { layoutAttempts } from './attempt-gantt.ts';

const START = Date.parse('2026-10-14T10:00:00.000Z');
const at = (s: number) => new Date(START + s * 1_000).toISOString();
const attempt = (more: Partial<Attempt>) =>
  ({
    attempt: 1,
    lease_id: 'lse_1',
    fence: 7731,
    source_id: 'src_1',
    state: 'active',
    outcome: null,
    exit_code: null,
    granted_at: at(18),
    started_at: at(18),
    ended_at: null,
    renewals: 0,
    rejected_writes: [],
    retry_delay_ms: null,
    ...more,
  }) as Attempt;
const layout = (attempts: Attempt[], nowS: number, more: Partial<Parameters<typeof layoutAttempts>[0]> = {}) =>
  layoutAttempts({
    job: { created_at: at(0), finished_at: null, state: 'running', attempts },
    lastRenewalMsAgo: new Map([['lse_1', 75_000]]),
    liveRenewedMsAgo: 2_000,
    isManaged: () => false,
    nowMs: START + nowS * 1_000,
    ...more,
  });
const lost = attempt({
  state: 'expired',
  outcome: 'lost',
  ended_at: at(202),
  renewals: 8,
  retry_delay_ms: 2_000,
  rejected_writes: [{ at: at(229), write: 'log', fence: 7731, current_fence: 7742 }],
});

describe('the chart of attempts', () => {
  it('shows the time without renewal of a lost lease and the wait after it', () => {
    const chart = layout(
      [lost, attempt({ attempt: 2, lease_id: 'lse_2', fence: 7742, granted_at: at(208), started_at: at(208) })],
      240,
    );
    expect(chart.lanes[0]?.bars.map(({ look, from, to }) => [look, from, to])).toEqual([
      ['past', 18_000, 127_000],
      ['gap', 127_000, 202_000],
    ]);
    expect(chart.lanes[0]?.marks.filter((mark) => mark.look === 'renewal')).toHaveLength(8);
    expect(chart.queue.map((bar) => bar.note)).toEqual(['18 s', '2 s backoff, 4 s wait']);
    expect(chart.lanes[1]?.bars[0]?.look).toBe('live');
    expect(chart.nowMs).toBe(240_000);
  });
  it('puts refused writes on a row of their own', () => {
    expect(layout([lost], 240).fence[0]).toMatchObject({ at: 229_000, look: 'rejected' });
  });
  it('ends with a job that is over, or with the last late write', () => {
    const done = attempt({ state: 'released', outcome: 'failed', exit_code: 65, ended_at: at(60) });
    const job = { created_at: at(0), finished_at: at(60), state: 'failed' as const, attempts: [done] };
    const chart = layout([], 900, { job });
    expect(chart.durationMs).toBe(60_000);
    expect(chart.nowMs).toBeNull();
    expect(chart.lanes[0]?.bars[0]?.note).toBe('exit 65');
  });
  it('draws a job that only waited', () => {
    const job = { created_at: at(0), finished_at: null, state: 'queued' as const, attempts: [] };
    expect(layout([], 42, { job }).queue).toEqual([{ id: 'q-now', from: 0, to: 42_000, look: 'queue', note: '42 s' }]);
  });
});
