import type { z } from 'zod';
import type { BudgetsPut } from '../../contract/budget.ts';
import type { walletTopUp } from '../../contract/usage.ts';
import { changeBudgets } from '../../plane/commands/change-budgets.ts';
import { topUpWallet } from '../../plane/commands/top-up-wallet.ts';
import { budgetsView, holdsView, refusalsView } from '../../plane/views/budget-view.ts';
import { usageView, walletView } from '../../plane/views/usage-view.ts';
import { actorOf, type Handler, hostedOf, ok, readAnswer } from '../call.ts';

type Page = { cursor?: string; limit: number };

export const budgetHandlers = {
  budgets: (call) => readAnswer(call, ({ workspace }) => budgetsView(workspace.engine)),
  budgetsPut: async (call) =>
    ok(
      await hostedOf(call).workspace.run((ctx) => {
        changeBudgets(ctx, actorOf(call), call.body as BudgetsPut);
        return budgetsView(ctx.engine);
      }),
    ),
  budgetRefusals: (call) => readAnswer(call, ({ workspace }) => refusalsView(workspace.engine, call.query as Page)),
  budgetHolds: (call) => readAnswer(call, ({ workspace }) => holdsView(workspace.engine, call.query as Page)),
  usage: (call) => readAnswer(call, ({ workspace }) => usageView(workspace.engine, call.query as Page)),
  wallet: (call) => readAnswer(call, ({ workspace }) => walletView(workspace.engine, call.query as Page)),
  walletTopUp: async (call) => {
    const { mcu, reason } = call.body as z.output<typeof walletTopUp>;
    const json = await hostedOf(call).workspace.run((ctx) => {
      topUpWallet(ctx, actorOf(call), mcu, reason ?? null);
      return walletView(ctx.engine, { limit: 1 });
    });
    return { status: 201, json };
  },
} satisfies Record<string, Handler>;
