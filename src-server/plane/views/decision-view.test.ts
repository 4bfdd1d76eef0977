import { expect, it } from 'vitest';
import { budgetCheck } from '../../contract/decision.ts';
import type { DecisionBody } from '../../contract/events.ts';
import type { TypedEntry } from '../engine.ts';
import { recordOf } from './decision-view.ts';

const entry = { seq: 7, ws: 'ws_1', at: '2026-11-22T14:48:05.120Z' } as TypedEntry;
const body = (budget: DecisionBody['budget'], over: Partial<DecisionBody> = {}): DecisionBody => ({
  decision_id: 'dec_1',
  job_id: 'job_1',
  outcome: 'assigned',
  source_id: 'src_1',
  sentence: 'Assigned to laptop-1.',
  policy_version: 1,
  compute_class: 'cpu-small',
  candidates: [],
  supersedes: null,
  budget,
  ...over,
});
const needed = { needed_mcu: 5, rate_mcu_per_minute: 1, side: 'byoc' as const };
const noLimit = {
  scope: null,
  window: null,
  limit_mcu: null,
  spent_mcu: null,
  held_mcu: null,
  missing_mcu: null,
  resets_at: null,
};

it('reads a decision without a limit alike from a log of today and from an older one', () => {
  const today = recordOf(body(needed), entry);
  expect(today).toEqual(recordOf(body({ ...needed, ...noLimit }, { crossing: null }), entry));
  expect(budgetCheck.parse(today.budget)).toEqual({ ...needed, ...noLimit });
  expect(today.crossing).toBeNull();
});

it('leaves the limit that decided as it is', () => {
  const limit = { ...noLimit, scope: 'wu:WU-1', limit_mcu: 9, spent_mcu: 4, held_mcu: 1, missing_mcu: 1 };
  expect(recordOf(body({ ...needed, ...limit }), entry).budget).toEqual({ ...needed, ...limit });
  expect(recordOf(body(null), entry).budget).toBeNull();
});
