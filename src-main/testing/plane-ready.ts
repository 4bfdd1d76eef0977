import type { PlaneReady } from '../plane/supervisor.ts';

/** A ready message as the plane's process sends it. */
export const planeReady = (more: Partial<PlaneReady> = {}): PlaneReady => ({
  type: 'ready',
  url: 'http://127.0.0.1:41837',
  pid: 4711,
  data_dir: '/home/ada/.local/share/connected-compute',
  operator_token: 'cco_0123456789abcdefghijABCDEFGHIJ01234567',
  workspace_id: 'ws_01JD3Z0000ABCDEFGHJKMNPQRS',
  plane_public_key: `${'A'.repeat(43)}=`,
  ...more,
});
