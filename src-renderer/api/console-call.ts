import type { z } from 'zod';
import { now } from '../stores/clock.ts';
import { useConnection } from '../stores/connection.ts';
import { apiBase, readProblem } from './client.ts';
import { takeEarly } from './early-answers.ts';
import { toApiProblem, unreachable } from './problem.ts';
import { sessionHeaders } from './session-key.ts';

/**
 * Calls the console's own host, below `/console/`: remote workspaces and this machine.
 * @param schema of the answer; null where it has none
 * @throws {ApiProblem}
 */
export const consoleCall = async <T extends z.ZodType | null>(
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  schema: T,
  { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
): Promise<T extends z.ZodType ? z.output<T> : null> => {
  const url = `${apiBase()}${path.slice(1)}`;
  const request = {
    method,
    headers: {
      Accept: 'application/json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...sessionHeaders(),
    },
    credentials: 'same-origin',
    signal,
    body: body === undefined ? undefined : JSON.stringify(body),
  } as const;
  const early = method === 'GET' ? takeEarly(url) : undefined;
  const response = await (early ?? fetch(url, request)).catch((cause: unknown) => {
    if (signal?.aborted) throw cause;
    throw unreachable();
  });
  if (!response.ok) throw await readProblem(response);
  useConnection.getState().heard(now());
  if (schema === null) return null as never;
  const parsed = schema.safeParse(await response.json().catch(() => null));
  if (!parsed.success) throw toApiProblem(response.status, null);
  return parsed.data as never;
};
