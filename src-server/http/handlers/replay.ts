import type { z } from 'zod';
import type { replayQuery } from '../../contract/replay.ts';
import { replayView } from '../../plane/views/replay-view.ts';
import { type Handler, hostedOf, ok } from '../call.ts';

export const replayHandlers = {
  replay: async (call) => {
    const query = call.query as z.output<typeof replayQuery>;
    const { workspace, createdAt } = hostedOf(call);
    return ok(await workspace.past(query.at, (past) => replayView(past, createdAt, query)));
  },
  replayDecision: async (call) => {
    const { workspace } = hostedOf(call);
    const id = call.params.decision_id ?? '';
    return ok(await workspace.decision(id));
  },
} satisfies Record<string, Handler>;
