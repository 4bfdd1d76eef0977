import { z } from 'zod';
import * as job from '../job.ts';
import * as workspace from '../workspace.ts';
import { act, type RouteSpec } from './route-spec.ts';

/** Routes of the plane itself: health, sign-in, operators, workspaces. */
export const PLANE_ROUTES = {
  health: {
    method: 'GET',
    path: '/api/v1/health',
    summary: 'Is the control plane up',
    principal: 'none',
    answers: { 200: workspace.health },
  },
  openapi: {
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This contract as OpenAPI 3.1',
    principal: 'none',
    answers: { 200: z.looseObject({ openapi: z.string() }) },
  },
  metrics: {
    method: 'GET',
    path: '/metrics',
    summary: 'OpenMetrics text',
    principal: 'operator',
    right: 'view',
    answers: { 200: 'text' },
  },
  signIn: {
    method: 'POST',
    path: '/api/v1/sign-in',
    summary: 'Trade a one-time code for a browser session',
    principal: 'none',
    body: workspace.signInRequest,
    answers: { 200: workspace.signInAnswer },
  },
  signInCode: {
    method: 'POST',
    path: '/api/v1/sign-in/codes',
    summary: 'A one-time code that signs a browser in as the caller',
    principal: 'operator',
    right: 'view',
    body: workspace.emptyBody,
    answers: { 201: workspace.signInCode },
  },
  session: {
    method: 'GET',
    path: '/api/v1/session',
    summary: 'Who am I and what may I do',
    principal: 'operator',
    answers: { 200: workspace.sessionInfo },
  },
  signOut: {
    method: 'DELETE',
    path: '/api/v1/session',
    summary: 'End this browser session',
    principal: 'operator',
    answers: { 204: 'empty' },
  },
  operators: {
    method: 'GET',
    path: '/api/v1/operators',
    summary: 'Operators of this plane',
    principal: 'operator',
    right: 'admin',
    answers: { 200: workspace.operatorList },
  },
  operatorCreate: act(
    '/api/v1/operators',
    'Add an operator; the token is shown once',
    'admin',
    workspace.operatorCreate,
    { 201: workspace.operatorCreated },
  ),
  operatorRevoke: act('/api/v1/operators/{operator_id}/revoke', 'Revoke an operator', 'admin', job.reasonBody, {
    200: workspace.operatorItem,
  }),
  workspaces: {
    method: 'GET',
    path: '/api/v1/workspaces',
    summary: 'Workspaces of this plane',
    principal: 'operator',
    right: 'view',
    answers: { 200: workspace.workspaceList },
  },
  workspaceCreate: act('/api/v1/workspaces', 'New workspace', 'admin', workspace.workspaceCreate, {
    201: workspace.workspace,
  }),
} as const satisfies Record<string, RouteSpec>;
