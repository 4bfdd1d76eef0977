import { expect, it } from 'vitest';
import { paletteEntries } from './palette-entries.ts';

const labels = (text: string) => paletteEntries('ws_1', text, [], []).map(({ label }) => label);

it('offers what the screen can do before everything else, by its words', () => {
  let done = 0;
  const commands = [{ id: 'policy.publish', label: 'Publish the policy', keys: ['Mod', 's'], run: () => done++ }];
  const [first] = paletteEntries('ws_1', '', [], [], commands);
  expect(first).toMatchObject({ group: 'On this screen', label: 'Publish the policy' });
  if (typeof first?.to === 'function') first.to();
  expect(done).toBe(1);
  expect(paletteEntries('ws_1', 'budgets', [], [], commands).map(({ label }) => label)).toEqual(['Budgets']);
});
it('finds an entry of the log by its number', () => {
  expect(labels('#18,186')).toEqual(['Entry #18,186', 'The workspace at #18,186']);
  expect(labels('18186x')).toEqual([]);
});
