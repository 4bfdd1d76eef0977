import { z } from 'zod';
import { reasonBody } from '../job.ts';
import * as sdk from '../sdk.ts';
import { emptyBody } from '../workspace.ts';
import { act, page, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

const V1 = '/api/v1';
const scopeQuery = z.object({ workspace_id: z.string().optional(), org_id: z.string().optional() });
const post = <A extends z.ZodType>(path: string, summary: string, body: z.ZodType, answer: A) =>
  ({
    method: 'POST',
    path: `${V1}${path}`,
    summary,
    principal: 'api_key',
    body,
    idempotency: 'optional',
    answers: { 200: answer },
  }) as const;
const get = <A extends z.ZodType>(path: string, summary: string, answer: A, query: z.ZodType = scopeQuery) =>
  ({ method: 'GET', path: `${V1}${path}`, summary, principal: 'api_key', query, answers: { 200: answer } }) as const;

/** The SDK-compatible v1 in both documented variants, and the keys that open it. */
export const SDK_ROUTES = {
  apiKeys: read(`${WORKSPACE_PATH}/api-key`, 'API keys by prefix, newest first', sdk.apiKeyList, page),
  apiKeyCreate: act(`${WORKSPACE_PATH}/api-key`, 'New API key; shown once', 'admin', emptyBody, {
    200: sdk.apiKeyCreated,
  }),
  apiKeyRevoke: act(`${WORKSPACE_PATH}/api-key/{prefix}/revoke`, 'Revoke an API key', 'admin', reasonBody, {
    200: sdk.apiKey,
  }),
  sdkSessionList: read(`${WORKSPACE_PATH}/sdk-sessions`, 'Sessions of SDK clients', sdk.sdkSessionList, page),

  sdkAuthenticate: post('/authenticate', 'SDK v1: who am I', sdk.sdkAuthenticate, sdk.sdkIdentity),
  sdkPolicies: get('/policies', 'SDK v1: rules of the workspace', sdk.sdkPolicies),
  sdkPoliciesPost: post('/policies', 'SDK v1: rules of the workspace', sdk.sdkScope, sdk.sdkPolicies),
  sdkConfig: get('/config', 'SDK v1: how to sync', sdk.sdkConfig),
  sdkConfigPost: post('/config', 'SDK v1: how to sync', sdk.sdkScope, sdk.sdkConfig),
  sdkHeartbeat: post('/heartbeat', 'SDK v1: sign of life of a session', sdk.sdkHeartbeat, sdk.sdkHeartbeatAnswer),
  sdkSessions: get('/sessions', 'SDK v1: sessions of this key', sdk.sdkSessions),
  sdkSessionRegister: post('/sessions/register', 'SDK v1: register a session', sdk.sdkRegister, sdk.sdkSessionAnswer),
  sdkSessionCreate: post('/sessions', 'SDK v1: register a session', sdk.sdkRegister, sdk.sdkSessionAnswer),
  sdkSessionDeregister: post('/sessions/deregister', 'SDK v1: end a session', sdk.sdkDeregister, sdk.sdkGone),
  sdkSessionDelete: {
    method: 'DELETE',
    path: `${V1}/sessions/{session_id}`,
    summary: 'SDK v1: end a session',
    principal: 'api_key',
    query: scopeQuery,
    answers: { 200: sdk.sdkGone },
  },
  sdkEvents: post('/events', 'SDK v1: events into the log', sdk.sdkEvents, sdk.sdkAccepted),
  sdkEvidence: post('/evidence', 'SDK v1: references or receipts into the log', sdk.sdkEvidence, sdk.sdkAccepted),
  sdkTelemetry: post('/telemetry', 'SDK v1: measurements into the log', sdk.sdkTelemetry, sdk.sdkAccepted),
  sdkApprovalRequest: post('/approvals/request', 'SDK v1: ask a person', sdk.sdkApprovalRequest, sdk.sdkApproval),
  sdkApprovalResolve: post(
    '/approvals/resolve',
    'SDK v1: answer what was asked through SDK v1',
    sdk.sdkApprovalResolve,
    sdk.sdkApproval,
  ),
  sdkApprovalList: post('/approvals/list', 'SDK v1: what was asked', sdk.sdkApprovalList, sdk.sdkApprovals),
} as const satisfies Record<string, RouteSpec>;
