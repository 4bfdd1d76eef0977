import {
  type InfiniteData,
  keepPreviousData,
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import type { Budgets } from '../../src-server/contract/budget.ts';
import type { AnswerOf } from './calls.ts';
import { fetchResource } from './fetch-resource.ts';
import { keys } from './keys.ts';
import { useWorkspaceId } from './workspace-context.ts';

const PAGE_ITEMS = 100;

/** Limits with what is spent and held, and the rates. The stream keeps them fresh. */
export const useBudgets = (): UseQueryResult<Budgets> => {
  const ws = useWorkspaceId();
  const queryKey = keys.budgets(ws);
  return useQuery({ queryKey, queryFn: ({ signal }) => fetchResource(ws, queryKey, 'budgets', { signal }) });
};

/** The lists beside the limits, newest first, page by page; they read alike. */
const LIST_KEYS = {
  budgetRefusals: keys.budgetRefusals,
  budgetHolds: keys.budgetHolds,
  usage: keys.usage,
  wallet: keys.wallet,
} as const;
type BudgetListId = keyof typeof LIST_KEYS;

const useBudgetList = <C extends BudgetListId>(
  id: C,
  isEnabled: boolean,
): UseInfiniteQueryResult<InfiniteData<AnswerOf<C>>> => {
  const ws = useWorkspaceId();
  const queryKey = LIST_KEYS[id](ws);
  return useInfiniteQuery({
    queryKey,
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: AnswerOf<C>) => (last as { next_cursor: string | null }).next_cursor ?? undefined,
    queryFn: ({ pageParam, signal }) => {
      const query = { cursor: pageParam, limit: PAGE_ITEMS };
      return fetchResource<BudgetListId>(ws, queryKey, id, { query, signal }) as Promise<AnswerOf<C>>;
    },
  });
};

/** Jobs refused for budget, with the numbers of that moment. */
export const useBudgetRefusals = () => useBudgetList('budgetRefusals', true);
/** What running work holds. */
export const useBudgetHolds = (isEnabled = true) => useBudgetList('budgetHolds', isEnabled);
/** Managed use, metered only. */
export const useUsage = (isEnabled = true) => useBudgetList('usage', isEnabled);
/** Credits, a preview. */
export const useWallet = (isEnabled = true) => useBudgetList('wallet', isEnabled);
