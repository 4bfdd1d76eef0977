import { afterEach, beforeEach, expect, test } from 'vitest';
import { type VirtualPlane, virtualPlane } from '../../demo/virtual-plane.ts';
import { cordonSource, patchSource, resumeSource } from '../commands/change-source.ts';
import { enrollSource } from '../commands/enroll-source.ts';
import { listSourcesView } from './source-view.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
const NAMES = ['edge-b', 'edge-a', 'lap-2', 'lap-1', 'lap-3', 'pool-1'];
let plane: VirtualPlane;
const ids = new Map<string, string>();

beforeEach(async () => {
  plane = await virtualPlane({ seed: 4, startWallMs: 1_700_000_000_000 });
  for (const name of NAMES) {
    const request = { name, kind: 'laptop' as const, compute_class: null, capacity: 1, ttl_ms: 900_000 };
    const made = enrollSource(plane.workspace.ctx, ACTOR, { ...request, labels: { team: name.slice(0, 3) } });
    ids.set(name, made.sourceId);
  }
});
afterEach(() => plane.stop());
const idOf = (name: string): string => ids.get(name) ?? '';
const list = (query: { q?: string; state?: string; cursor?: string; limit?: number } = {}) =>
  listSourcesView(plane.workspace.engine, { limit: 2, ...query });
const names = (page: ReturnType<typeof list>) => page.items.map(({ name }) => name);

test('pages come by name and end where the list ends', () => {
  const first = list();
  expect(names(first)).toEqual(['edge-a', 'edge-b']);
  const second = list({ cursor: first.next_cursor ?? '' });
  expect(names(second)).toEqual(['lap-1', 'lap-2']);
  const third = list({ cursor: second.next_cursor ?? '' });
  expect(names(third)).toEqual(['lap-3', 'pool-1']);
  expect(third.next_cursor).toBeNull();
});

test('the next page goes on behind a source that has left the filter meanwhile', () => {
  for (const name of ['edge-a', 'lap-1', 'lap-2', 'lap-3']) cordonSource(plane.workspace.ctx, ACTOR, idOf(name), null);
  const first = list({ state: 'cordoned' });
  expect(names(first)).toEqual(['edge-a', 'lap-1']);
  resumeSource(plane.workspace.ctx, ACTOR, idOf('lap-1'), null);
  expect(names(list({ state: 'cordoned', cursor: first.next_cursor ?? '' }))).toEqual(['lap-2', 'lap-3']);
});

test('a source that is renamed stands at its new place at once', () => {
  patchSource(plane.workspace.ctx, ACTOR, idOf('pool-1'), { name: 'aged' });
  expect(names(list())).toEqual(['aged', 'edge-a']);
  expect(names(list({ q: 'lap' }))).toEqual(['lap-1', 'lap-2']);
  expect(list({ q: 'team=edg' }).items).toHaveLength(2);
});

test('a source without a runner shows its newest credential', () => {
  expect(list().items[0]?.enrollment).toMatchObject({ state: 'issued' });
});
