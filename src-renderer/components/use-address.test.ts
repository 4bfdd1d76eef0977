import { expect, it } from 'vitest';
import { changedQuery } from './use-address.ts';

it('sets and takes out members, and leaves the others', () => {
  expect(changedQuery('?q=lint&row=40', { q: 'build', row: null })).toBe('q=build');
  expect(changedQuery('?q=lint', { q: '' })).toBe('');
  expect(changedQuery('', { state: 'running' })).toBe('state=running');
});

it('says where nothing changes, so that the page is not drawn again for it', () => {
  expect(changedQuery('?q=lint', { row: null, q: 'lint' })).toBeNull();
  expect(changedQuery('', { row: null })).toBeNull();
  expect(changedQuery('?q=docs%20%239', { q: 'docs #9' })).toBeNull();
});
