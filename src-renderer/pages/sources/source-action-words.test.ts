import { expect, it } from 'vitest';
import type { Source } from '../../../src-server/contract/source.ts';
import { whyNot } from './source-action-words.ts';

const source = (more: Partial<Source>) =>
  ({ state: 'online', cordoned: false, draining: false, revoked: false, ...more }) as Source;

it('offers cordon and drain to a source that takes jobs, and nothing to resume', () => {
  expect(whyNot(source({}), 'sourceCordon')).toBeUndefined();
  expect(whyNot(source({}), 'sourceDrain')).toBeUndefined();
  expect(whyNot(source({}), 'sourceResume')).toMatch(/neither/);
});
it('lifts a switch or a quarantine', () => {
  expect(whyNot(source({ draining: true }), 'sourceResume')).toBeUndefined();
  expect(whyNot(source({ state: 'quarantined' }), 'sourceResume')).toBeUndefined();
});
it('does nothing more to a revoked source', () => {
  for (const action of ['sourceCordon', 'sourceDrain', 'sourceResume', 'sourceRevoke'] as const) {
    expect(whyNot(source({ revoked: true }), action)).toMatch(/revoked/);
  }
});
