import { create } from 'zustand';
import type { Policy } from '../../src-server/contract/policy.ts';

/** What an operator may change of a policy. */
export type PolicyFields = Pick<
  Policy,
  'mode' | 'fallback' | 'refuse_after_ms' | 'overrides' | 'fair_share' | 'four_eyes'
>;
export interface PolicyDraftState {
  /** The version that the draft was begun from. */
  base: Policy;
  fields: PolicyFields;
  /** The version that it brings back, while nothing else of it was changed. */
  rollsBackTo: number | null;
  reason: string;
}
interface PolicyDrafts {
  byWorkspace: Readonly<Record<string, PolicyDraftState>>;
  set: (workspaceId: string, draft: PolicyDraftState | null) => void;
}

/** Unpublished policies by workspace: they outlive a look at another screen, not the window. */
export const usePolicyDrafts = create<PolicyDrafts>((set) => ({
  byWorkspace: {},
  set: (workspaceId, draft) =>
    set(({ byWorkspace: { [workspaceId]: _, ...others } }) => ({
      byWorkspace: draft === null ? others : { ...others, [workspaceId]: draft },
    })),
}));
