import { expect, it } from 'vitest';
import { refusalWords } from './refusal-words.ts';

it('names the causes, the largest first', () => {
  expect(refusalWords({ total: 9, budget: 2, policy: 6, network: 1, other: 0 })).toBe('6 policy, 2 budget, 1 network');
});
it('says when there is none', () => {
  expect(refusalWords({ total: 0, budget: 0, policy: 0, network: 0, other: 0 })).toBe('No refusals in 24 h');
});
