import type { z } from 'zod';
import { type Problem, ProblemError, problem } from '../../contract/problems.ts';
import { enrollmentCreated } from '../../contract/source.ts';
import { sessionInfo } from '../../contract/workspace.ts';
import { newKey } from '../ids.ts';

/** A control plane as an operator of it reaches it. */
export interface PlaneDoor {
  url: string;
  token: string;
}
/** @param remoteId null: the control plane of this console. Rejects with a ProblemError while it is not in service. */
export type ReachPlane = (remoteId: string | null) => Promise<PlaneDoor>;

const CALL_LIMIT_MS = 15_000;

/** One call of the API. @throws ProblemError, that of the plane or `remote.unreachable`. */
async function call<T extends z.ZodType>(
  send: typeof fetch,
  { url, token }: PlaneDoor,
  method: string,
  path: string,
  schema: T | null,
  body?: object,
): Promise<z.output<T>> {
  const response = await send(`${url}${path}`, {
    method,
    redirect: 'error',
    headers: {
      authorization: `Bearer ${token}`,
      'idempotency-key': newKey(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(CALL_LIMIT_MS),
  }).catch((error: unknown) => {
    const cause = error instanceof Error ? error.message : String(error);
    throw new ProblemError('remote.unreachable', `${new URL(url).host} did not answer (${cause}). Try again.`);
  });
  const json: unknown = await response.json().catch(() => null);
  if (response.ok) return (schema === null ? undefined : schema.parse(json)) as z.output<T>;
  const found = problem.safeParse(json);
  const { code, detail }: Pick<Problem, 'code' | 'detail'> = found.success
    ? found.data
    : { code: 'remote.unreachable', detail: `It answered ${response.status}. Try again.` };
  throw new ProblemError(code === 'auth.invalid' ? 'remote.token_refused' : code, detail);
}

const inWorkspace = (workspaceId: string, rest: string): string => `/api/v1/workspaces/${workspaceId}/${rest}`;

/** Makes a source and its one-time credential, the same way as the wizard does. */
export async function enroll(
  send: typeof fetch,
  door: PlaneDoor,
  workspaceId: string,
  name: string,
  capacity: number,
): Promise<z.infer<typeof enrollmentCreated> & { planeKey: string; planeUrl: string; workspaceName: string }> {
  const { plane, workspaces } = await call(send, door, 'GET', '/api/v1/session', sessionInfo);
  const found = workspaces.find((each) => each.workspace_id === workspaceId);
  if (found === undefined) throw new ProblemError('not_found', 'That control plane has no such workspace.');
  const body = { name, kind: 'laptop', capacity };
  const made = await call(send, door, 'POST', inWorkspace(workspaceId, 'enrollments'), enrollmentCreated, body);
  return { ...made, planeKey: plane.fingerprint, planeUrl: plane.url, workspaceName: found.name };
}

/** Where runners dial that control plane now. */
export const runnerUrl = async (send: typeof fetch, door: PlaneDoor): Promise<string> =>
  (await call(send, door, 'GET', '/api/v1/session', sessionInfo)).plane.url;

/** Slots as enrolled. */
export const setCapacity = (
  send: typeof fetch,
  door: PlaneDoor,
  workspaceId: string,
  sourceId: string,
  capacity: number,
): Promise<unknown> => call(send, door, 'PATCH', inWorkspace(workspaceId, `sources/${sourceId}`), null, { capacity });

export const revokeSource = (
  send: typeof fetch,
  door: PlaneDoor,
  workspaceId: string,
  sourceId: string,
): Promise<unknown> =>
  call(send, door, 'POST', inWorkspace(workspaceId, `sources/${sourceId}/revoke`), null, {
    reason: 'this machine was given up in its console',
  });
