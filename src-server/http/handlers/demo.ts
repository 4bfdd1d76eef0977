import type { DemoSteer } from '../../contract/demo.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { RouteId } from '../../contract/routes.ts';
import type { Demos } from '../../plane/demos-port.ts';
import { type Call, type Handler, ok } from '../call.ts';

function demosOf({ served }: Call): Demos {
  if (served.demos === null) throw new ProblemError('not_found', 'This control plane offers no demos.');
  return served.demos;
}
const idOf = ({ params }: Call): string => params.workspace_id ?? '';

/** Demos: begun, looked at, steered and ended. */
export const demoHandlers = {
  demoScenarios: async (call) => ok({ items: demosOf(call).scenarios() }),
  demoStart: async (call) => ({
    status: 201,
    json: await demosOf(call).start((call.body as { scenario: string }).scenario),
  }),
  demo: async (call) => ok(await demosOf(call).view(idOf(call))),
  demoSteer: async (call) => ok(await demosOf(call).steer(idOf(call), call.body as DemoSteer)),
  demoEnd: async (call) => {
    await demosOf(call).end(idOf(call));
    return { status: 204 };
  },
} satisfies Partial<Record<RouteId, Handler>>;
