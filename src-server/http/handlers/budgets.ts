import type { BudgetsPut } from '../../contract/budget.ts';
import { changeBudgets } from '../../plane/commands/change-budgets.ts';
import { budgetsView, holdsView, refusalsView } from '../../plane/views/budget-view.ts';
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
} satisfies Record<string, Handler>;
