import { z } from 'zod';
import { machine, machineSettingsPatch, machineUseBody } from '../../contract/console.ts';
import { ADMIN_ONLY, bodyAs, type ConsoleCall, type ConsoleRoute } from '../call.ts';
import { jsonResponse } from '../problem-response.ts';
import type { Machine } from './machine.ts';

const BASE = '/console/machine';
const switchBody = z.strictObject({ wish: machine.shape.wish });

/** This machine's runner, for the admin of the console that runs on it. */
export function machineRoutes(own: Machine): ConsoleRoute[] {
  const view = (): Response => jsonResponse(200, own.view(null));
  const after = (change: (call: ConsoleCall) => Promise<unknown>) => async (call: ConsoleCall) => {
    await change(call);
    return view();
  };
  return [
    {
      method: 'GET',
      pattern: new RegExp(`^${BASE}$`),
      isOpen: true,
      handle: ({ caller }) => jsonResponse(200, own.view(caller.isAdmin ? null : ADMIN_ONLY)),
    },
    {
      method: 'PATCH',
      pattern: new RegExp(`^${BASE}$`),
      handle: after(async ({ request }) => own.configure(definedOf(await bodyAs(request, machineSettingsPatch)))),
    },
    { method: 'DELETE', pattern: new RegExp(`^${BASE}$`), handle: after(() => own.giveUp()) },
    {
      method: 'POST',
      pattern: new RegExp(`^${BASE}/use$`),
      handle: after(async ({ request }) => {
        const { workspace_id: workspaceId, remote_id: remoteId, name } = await bodyAs(request, machineUseBody);
        await own.use(workspaceId, remoteId, name);
      }),
    },
    {
      method: 'POST',
      pattern: new RegExp(`^${BASE}/switch$`),
      handle: after(async ({ request }) => own.set((await bodyAs(request, switchBody)).wish)),
    },
    { method: 'GET', pattern: new RegExp(`^${BASE}/log$`), handle: () => jsonResponse(200, { lines: own.lines }) },
  ];
}

/** Without the members that were left out. */
const definedOf = <T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
