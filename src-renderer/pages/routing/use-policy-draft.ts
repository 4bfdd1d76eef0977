import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Policy } from '../../../src-server/contract/policy.ts';
import { keys } from '../../api/keys.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { type PolicyDraftState, type PolicyFields, usePolicyDrafts } from '../../stores/policy-drafts.ts';
import { toast } from '../../stores/toasts.ts';
import { fieldsOf, isChanged, rebased } from './policy-draft.ts';

const begunFrom = (live: Policy): PolicyDraftState => ({
  base: live,
  fields: fieldsOf(live),
  rollsBackTo: null,
  reason: '',
});

/** The draft of this workspace over the version in force: changed, taken over, published, thrown away. */
export const usePolicyDraft = (live: Policy) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const publishing = useAction('policyPut');
  const stored = usePolicyDrafts(({ byWorkspace }) => byWorkspace[ws]);
  const { set } = usePolicyDrafts();
  const draft = stored ?? begunFrom(live);
  const isDirty = stored !== undefined && isChanged(draft.base, draft.fields);
  // What was published meanwhile may say the same as the draft: then nothing is left to publish.
  const isDone = stored !== undefined && stored.base.version !== live.version && !isChanged(live, stored.fields);
  useEffect(() => {
    if (isDone) set(ws, null);
  }, [isDone, set, ws]);
  const isConflict = publishing.error instanceof ApiProblem && publishing.error.code === 'conflict.policy_version';
  return {
    draft,
    isDirty,
    isBusy: publishing.isPending,
    problem: publishing.error === null || isConflict ? undefined : problemText(publishing.error),
    change: (part: Partial<PolicyFields>) => {
      publishing.reset();
      set(ws, { ...draft, fields: { ...draft.fields, ...part }, rollsBackTo: null });
    },
    setReason: (reason: string) => set(ws, { ...draft, reason }),
    discard: () => {
      publishing.reset();
      set(ws, null);
    },
    takeOver: () => {
      publishing.reset();
      set(ws, { ...draft, base: live, fields: rebased(draft.base, live, draft.fields), rollsBackTo: null });
    },
    bringBack: (version: Policy) => {
      publishing.reset();
      set(ws, {
        base: live,
        fields: fieldsOf(version),
        rollsBackTo: version.version,
        reason: `Roll back to v${version.version}`,
      });
    },
    publish: () =>
      publishing.mutate(
        {
          body: {
            base_version: draft.base.version,
            ...draft.fields,
            rolls_back_to: draft.rollsBackTo,
            reason: draft.reason.trim(),
          },
        },
        {
          onSuccess: (made) => {
            client.setQueryData(keys.policy(ws), made);
            set(ws, null);
            toast(`v${made.version} is live.`);
          },
          onError: () => void client.invalidateQueries({ queryKey: keys.policy(ws) }),
        },
      ),
  };
};
