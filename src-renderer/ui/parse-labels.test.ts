import { expect, it } from 'vitest';
import { parseLabel } from './parse-labels.ts';

it('reads a pair', () => expect(parseLabel('region=eu')).toEqual({ key: 'region', value: 'eu' }));
it.each(['region', '=eu', 'region=', 'Region=eu', 'region=e u'])('refuses %s with a sentence', (text) => {
  expect(parseLabel(text)).toHaveProperty('problem');
});
