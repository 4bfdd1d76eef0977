import type { WhatIfKind, WhatIfMove, WhatIfSums } from '../../contract/what-if.ts';
import { ruleFor, sideWord, type WorkspacePolicy } from '../routing/policy.ts';
import { crossingBecause } from '../routing/sentence.ts';
import type { HistoryJob, Placement } from './history.ts';

export const kindOf = (placement: Placement): WhatIfKind =>
  placement.fate === 'placed' ? (placement.side as 'byoc' | 'managed') : placement.fate;

/** What all jobs together waited and cost, and how many went where. */
export function sumsOf(placements: Iterable<Placement>): WhatIfSums {
  const sums: WhatIfSums = {
    byoc: 0,
    managed: 0,
    refused: 0,
    held: 0,
    waiting: 0,
    canceled: 0,
    wait_ms: 0,
    cost_mcu: 0,
  };
  for (const placement of placements) {
    sums[kindOf(placement)]++;
    sums.wait_ms += Math.round(placement.waitMs);
    sums.cost_mcu += placement.costMcu;
  }
  return sums;
}

export const isSamePlace = (a: Placement, b: Placement): boolean =>
  a.fate === b.fate && (a.fate !== 'placed' || a.sourceId === b.sourceId);

export interface Compared {
  job: HistoryJob;
  recorded: Placement;
  inForce: Placement;
  drafted: Placement;
}

/**
 * Does the draft move a job? It must differ from what really happened, and from what the same model says without the draft:
 * so that nobody takes for an effect of the draft what only the model does.
 */
export const isMoved = ({ recorded, inForce, drafted }: Compared): boolean =>
  !isSamePlace(drafted, recorded) && !isSamePlace(drafted, inForce);

export function moveOf(compared: Compared, policy: WorkspacePolicy, nameOf: (sourceId: string) => string): WhatIfMove {
  const { job, recorded, drafted } = compared;
  const nameIn = (p: Placement): string => (p.fate === 'placed' ? nameOf(p.sourceId as string) : p.fate);
  return {
    job_id: job.jobId,
    wu_id: job.wuId,
    title: job.title,
    from: nameIn(recorded),
    to: nameIn(drafted),
    from_kind: kindOf(recorded),
    to_kind: kindOf(drafted),
    because: because(job, drafted, policy),
    wait_change_ms: Math.round(drafted.waitMs - recorded.waitMs),
    cost_change_mcu: drafted.costMcu - recorded.costMcu,
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  'budget.insufficient': 'its budget has no room',
  'queue.too_long': 'it waits longer than its limit in the queue',
};

function because(job: HistoryJob, drafted: Placement, policy: WorkspacePolicy): string {
  const rule = ruleFor(policy, job.requirement);
  switch (drafted.fate) {
    case 'placed':
      return drafted.crossing === null
        ? `${sideWord(drafted.side as 'byoc' | 'managed')} comes first and had a slot`
        : crossingBecause(drafted.crossing, rule, job.requirement);
    case 'refused':
      return REFUSALS[drafted.code ?? ''] ?? 'it is refused';
    case 'held':
      return drafted.code === 'budget.insufficient'
        ? 'its budget has no room, and it waits for some'
        : 'an operator is asked before it crosses';
    case 'waiting':
      return drafted.code === 'budget.insufficient'
        ? 'it waits for room in its budget'
        : `no source that may take it under ${rule.mode} had a slot`;
    case 'canceled':
      return 'it is canceled before it is placed';
  }
}
