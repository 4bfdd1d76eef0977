import * as budget from '../budget.ts';
import { page, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

/** Limits, rates, holds and refusals. */
export const BUDGET_ROUTES = {
  budgets: read(`${WORKSPACE_PATH}/budgets`, 'Limits with their use, and rates', budget.budgets),
  budgetsPut: {
    method: 'PUT',
    path: `${WORKSPACE_PATH}/budgets`,
    summary: 'Change limits and rates; every waiting job is judged by them at once',
    principal: 'operator',
    right: 'admin',
    body: budget.budgetsPut,
    idempotency: 'optional',
    answers: { 200: budget.budgets },
  },
  budgetRefusals: read(
    `${WORKSPACE_PATH}/budgets/refusals`,
    'Jobs refused for budget, newest first',
    budget.budgetRefusalList,
    page,
  ),
  budgetHolds: read(
    `${WORKSPACE_PATH}/budgets/holds`,
    'What running work holds, newest first',
    budget.budgetHoldList,
    page,
  ),
} as const satisfies Record<string, RouteSpec>;
