import * as pool from '../pool.ts';
import { act, page, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

const POOL_PATH = `${WORKSPACE_PATH}/pools/{pool_id}`;

/** Pools of runners and their registration tokens. */
export const POOLS_ROUTES = {
  pools: read(`${WORKSPACE_PATH}/pools`, 'Pools, by name', pool.poolList, page),
  poolCreate: act(`${WORKSPACE_PATH}/pools`, 'Register a pool', 'operate', pool.poolCreate, { 201: pool.pool }),
  pool: read(POOL_PATH, 'One pool with its tokens and runners', pool.poolDetail),
  poolPatch: {
    method: 'PATCH',
    path: POOL_PATH,
    summary: 'Change name, classes, capacity or labels of a pool',
    principal: 'operator',
    right: 'operate',
    body: pool.poolPatch,
    idempotency: 'optional',
    answers: { 200: pool.poolDetail },
  },
  poolTokenCreate: act(`${POOL_PATH}/tokens`, 'New registration token; shown once', 'operate', pool.poolTokenCreate, {
    201: pool.poolTokenCreated,
  }),
  poolTokenRevoke: act(
    `${POOL_PATH}/tokens/{token_id}/revoke`,
    'Register nobody with it any more',
    'operate',
    pool.poolTokenRevoke,
    { 200: pool.poolDetail },
  ),
} as const satisfies Record<string, RouteSpec>;
