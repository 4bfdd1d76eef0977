import * as replay from '../replay.ts';
import { type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

/** The workspace as it was. */
export const REPLAY_ROUTES = {
  replay: read(
    `${WORKSPACE_PATH}/replay`,
    'The workspace as it was right after one entry; read-only',
    replay.replayAnswer,
    replay.replayQuery,
  ),
  replayDecision: read(
    `${WORKSPACE_PATH}/replay/decision/{decision_id}`,
    'A recorded decision, made again by the functions of today from what was known then',
    replay.decisionReplay,
  ),
} as const satisfies Record<string, RouteSpec>;
