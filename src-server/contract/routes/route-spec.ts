import { z } from 'zod';
import { queryCursor, queryLimit } from '../primitives.ts';
import type { Right } from '../terms.ts';

/**
 * Who may call a route: `none` anyone · `operator` an operator bearer or a signed-in browser · `claim` a credential,
 * a session token or `Runner <session_id>` · `runner` a session token · `api_key` a key of the workspace, SDK v1 only.
 */
export type Principal = 'none' | 'operator' | 'claim' | 'runner' | 'api_key';
/** What an answer carries when it is not JSON. */
export type AnswerKind = 'empty' | 'text' | 'bytes' | 'events' | 'javascript' | 'tar';
export interface RouteSpec {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** OpenAPI form: `/api/v1/…/{name}`. */
  path: string;
  summary: string;
  principal: Principal;
  right?: Right;
  query?: z.ZodType;
  body?: z.ZodType | 'bytes';
  bodyLimitBytes?: number;
  idempotency?: 'required' | 'optional';
  /** By status; problems are the same for all and stand apart. */
  answers: Readonly<Record<number, z.ZodType | AnswerKind>>;
}

/** Below it stand the routes of one workspace. */
export const WORKSPACE_PATH = '/api/v1/workspaces/{workspace_id}';
/** Below it stand the routes of runners. */
export const RUNTIME_PATH = '/api/v1/runtime';
/** Below it stand the writes of one attempt. */
export const LEASE_PATH = `${RUNTIME_PATH}/leases/{lease_id}`;
/** The query of a plain list. */
export const page = z.strictObject({ cursor: queryCursor.optional(), limit: queryLimit });
/** A route that operators read. */
export const read = <A extends z.ZodType | AnswerKind>(path: string, summary: string, answer: A, query?: z.ZodType) =>
  ({ method: 'GET', path, summary, principal: 'operator', right: 'view', query, answers: { 200: answer } }) as const;
/** A command of an operator. */
export const act = <A extends RouteSpec['answers']>(
  path: string,
  summary: string,
  right: Right,
  body: z.ZodType | undefined,
  answers: A,
) => ({ method: 'POST', path, summary, principal: 'operator', right, body, idempotency: 'optional', answers }) as const;
/** A write of an attempt, which carries its fence. */
export const fenced = <A extends z.ZodType>(verb: string, summary: string, body: z.ZodType, answer: A) =>
  ({
    method: 'POST',
    path: `${LEASE_PATH}/${verb}`,
    summary,
    principal: 'runner',
    body,
    idempotency: 'optional',
    answers: { 200: answer },
  }) as const;
