import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Budgets } from '../../../src-server/contract/budget.ts';
import type { BodyOf } from '../../api/calls.ts';
import { keys } from '../../api/keys.ts';
import { ApiProblem } from '../../api/problem.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';

/**
 * Saves a form over the version that it was opened with. Where another version came meanwhile, nothing is sent until
 * somebody saw it and took it over: the form then changes only what it is about.
 */
export const useSaveBudgets = (budgets: Budgets, isOpen: boolean) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const action = useAction('budgetsPut');
  const [base, setBase] = useState(budgets.version);
  const { reset } = action;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only opening starts from what stands now
  useEffect(() => {
    if (!isOpen) return;
    setBase(budgets.version);
    reset();
  }, [isOpen]);
  const isConflict = action.error instanceof ApiProblem && action.error.code === 'conflict.budgets_version';
  const isStale = budgets.version !== base;
  return {
    isBusy: action.isPending,
    /** Another version is in force than the one the form was opened with. */
    isStale: isStale || isConflict,
    takeOver: () => {
      setBase(budgets.version);
      reset();
    },
    problem: isConflict ? null : action.error,
    save: (body: Omit<BodyOf<'budgetsPut'>, 'base_version'>, onDone: (saved: Budgets) => void) =>
      action.mutate(
        { body: { ...body, base_version: base } },
        {
          onSuccess: (saved) => {
            client.setQueryData(keys.budgets(ws), saved);
            onDone(saved);
          },
          onError: () => void client.invalidateQueries({ queryKey: keys.budgets(ws) }),
        },
      ),
  };
};
