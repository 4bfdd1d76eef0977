import * as demo from '../demo.ts';
import { act, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

/** Demos: stories on a virtual clock, in planes of their own that end with this process. */
export const DEMO_ROUTES = {
  demoScenarios: read('/api/v1/demo/scenarios', 'The stories that can be played', demo.demoScenarios),
  demoStart: act('/api/v1/demo', 'Begin a demo in a workspace of its own, in memory', 'view', demo.demoStart, {
    201: demo.demo,
  }),
  demo: read(`${WORKSPACE_PATH}/demo`, 'A demo as it stands', demo.demo),
  demoSteer: act(`${WORKSPACE_PATH}/demo`, 'Play, pause, step, seek, interfere', 'view', demo.demoSteer, {
    200: demo.demo,
  }),
  demoEnd: {
    method: 'DELETE',
    path: `${WORKSPACE_PATH}/demo`,
    summary: 'End a demo; what it held is gone',
    principal: 'operator',
    right: 'view',
    answers: { 204: 'empty' },
  },
} as const satisfies Record<string, RouteSpec>;
