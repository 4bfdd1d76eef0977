import { expect, it } from 'vitest';
import { scopeWords } from './scope-words.ts';

it.each([
  ['wu:WU-2481', 'WU-2481'],
  ['tier:managed', 'Managed tier'],
  ['tier:byoc/gpu-small', 'BYOC tier for gpu-small'],
  ['workspace', 'Workspace'],
])('names %s as %s', (scope, words) => expect(scopeWords(scope)).toBe(words));
