import { expect, it } from 'vitest';
import { REMOTES_PATH } from '../../src-server/contract/console.ts';
import { ROUTES } from '../../src-server/contract/routes.ts';
import { addressOf } from './client.ts';
import { EARLY_PATHS, isEarly, shownWorkspace } from './early-answers.ts';

it('asks early for just the addresses that the first screen calls', () => {
  expect(EARLY_PATHS.session).toBe(addressOf(ROUTES.session.path));
  expect(EARLY_PATHS.remotes).toBe(REMOTES_PATH);
  expect(EARLY_PATHS.overview('ws_1')).toBe(addressOf(ROUTES.overview.path, { workspace_id: 'ws_1' }, { range: '1h' }));
});

it('knows which workspace an address shows, where it is one of this control plane', () => {
  expect(shownWorkspace('/', ['ws_1', 'ws_2'])).toBe('ws_1');
  expect(shownWorkspace('/dashboard/ws_2/jobs', ['ws_1', 'ws_2'])).toBe('ws_2');
  expect(shownWorkspace('/dashboard/ws_far/compute', ['ws_1'])).toBeUndefined();
  expect(shownWorkspace('/', [])).toBeUndefined();
  expect(['/', '/dashboard/ws_1/compute', '/sign-in', '/dashboards'].map(isEarly)).toEqual([true, true, false, false]);
});
