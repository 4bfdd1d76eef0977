import { expect, it } from 'vitest';
import type { Overview } from '../../../src-server/contract/workspace.ts';
import { lately } from './lately.ts';

const NO_REFUSALS = { total: 0, budget: 0, policy: 0, network: 0, other: 0 };
const span = (wu: string, outcome: 'lost' | 'succeeded', toMsAgo: number) => ({
  lease_id: `lse_${wu}`,
  job_id: `job_${wu}`,
  wu_id: wu,
  from_ms_ago: toMsAgo + 60_000,
  to_ms_ago: toMsAgo,
  outcome,
  late: false,
});
const lane = (name: string, spans: ReturnType<typeof span>[]): Overview['lanes'][number] => ({
  source_id: `src_${name}`,
  name,
  kind: 'docker_host',
  side: 'byoc',
  in_use: 0,
  spans,
});
const gone = (name: string, seen: number | null) => ({
  source_id: `src_${name}`,
  name,
  kind: 'laptop' as const,
  side: 'byoc' as const,
  state: 'offline' as const,
  cordoned: false,
  draining: false,
  revoked: false,
  in_use: 0,
  capacity: 1,
  seen_ms_ago: seen,
});
const tell = (more: Partial<Parameters<typeof lately>[1]>) =>
  lately('ws_1', { lanes: [], refusals_24h: NO_REFUSALS, sources: [], ...more }).map(({ title, detail, to }) => [
    title,
    detail,
    to,
  ]);

it('is silent where nothing happened', () => {
  expect(tell({ lanes: [lane('a', [span('WU-1', 'succeeded', 5_000)])] })).toEqual([]);
});

it('leads to the job of the one lease that was lost, or to the list of several', () => {
  const one = lane('rack', [span('WU-1', 'lost', 180_000)]);
  expect(tell({ lanes: [one] })).toEqual([
    ['1 lease lost in 1 h', 'WU-1 on rack, 3 min ago', '/dashboard/ws_1/jobs/job_WU-1'],
  ]);
  expect(tell({ lanes: [one, lane('batch', [span('WU-2', 'lost', 20_000)])] })).toEqual([
    ['2 leases lost in 1 h', 'Newest: WU-2 on batch, 20 s ago', '/dashboard/ws_1/leases?view=table&state=expired'],
  ]);
});

it('tells refusals by cause, and sources that went away by name while they are few', () => {
  expect(tell({ refusals_24h: { ...NO_REFUSALS, total: 3, budget: 2, network: 1 } })).toEqual([
    ['3 refusals in 24 h', '2 budget, 1 network', '/dashboard/ws_1/jobs?state=refused'],
  ]);
  expect(tell({ sources: [gone('nuc', 1_260_000), gone('old', null)] })).toEqual([
    ['nuc is offline', 'Last heard 21 min ago', '/dashboard/ws_1/sources?source=src_nuc'],
    ['old is offline', 'Not heard since this start', '/dashboard/ws_1/sources?source=src_old'],
  ]);
  expect(tell({ sources: ['a', 'b', 'c'].map((name) => gone(name, 1)) })).toEqual([
    ['3 sources are offline', 'a, b, c', '/dashboard/ws_1/sources?state=offline'],
  ]);
});
