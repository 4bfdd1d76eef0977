import { useEffect, useState } from 'react';
import type { WhatIfAnswer } from '../../../src-server/contract/what-if.ts';
import { useWhatIf, type WhatIfQuestion } from '../../api/policy.ts';
import { after, now } from '../../stores/clock.ts';
import type { PolicyFields } from '../../stores/policy-drafts.ts';
import { isSame } from './policy-draft.ts';
import { rangeQuery, type SimulatedRange } from './simulated-range.ts';

/** Somebody who types or clicks on is not asked about each step. */
const SETTLE_MS = 300;

export interface Simulation {
  data: WhatIfAnswer | undefined;
  error: Error | null;
  /** The answer is about exactly this draft and this range. */
  isFresh: boolean;
  isBusy: boolean;
  /** The range in the address is not whole, so nothing was asked. */
  isAsked: boolean;
  again: () => void;
}

/** Simulates the draft on the past, a moment after the last change. Null: there is no draft to ask about yet. */
export const useSimulation = (fields: PolicyFields | null, version: number, range: SimulatedRange): Simulation => {
  const [nowMs, setNow] = useState(now);
  const query = rangeQuery(range, nowMs);
  const wanted: WhatIfQuestion | null = fields === null || query === null ? null : { policy: fields, ...query };
  const [asked, setAsked] = useState<WhatIfQuestion | null>(wanted);
  const key = JSON.stringify(wanted);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the content is the question
  useEffect(() => after(asked === null ? 0 : SETTLE_MS, () => setAsked(wanted)), [key]);
  const { data, error, isFetching, isPlaceholderData, refetch } = useWhatIf(asked, `policy ${version}`);
  const isCurrent = asked !== null && isSame(asked, wanted);
  return {
    data,
    error,
    isFresh: data !== undefined && isCurrent && !isFetching && !isPlaceholderData && error === null,
    isBusy: isFetching || (wanted !== null && !isCurrent),
    isAsked: wanted !== null,
    again: () => {
      setNow(now());
      void refetch();
    },
  };
};
