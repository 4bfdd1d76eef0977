import * as budget from '../budget.ts';
import * as usage from '../usage.ts';
import { act, page, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

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
  usage: read(`${WORKSPACE_PATH}/usage`, 'Metering preview: managed use, newest first', usage.usageList, page),
  wallet: read(`${WORKSPACE_PATH}/wallet`, 'Metering preview: credits, newest entry first', usage.wallet, page),
  walletTopUp: act(`${WORKSPACE_PATH}/wallet/top-ups`, 'Metering preview: put credits in', 'admin', usage.walletTopUp, {
    201: usage.wallet,
  }),
} as const satisfies Record<string, RouteSpec>;
