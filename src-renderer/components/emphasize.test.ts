import { expect, it } from 'vitest';
import { emphasize } from './emphasize.ts';

const marked = (sentence: string) =>
  emphasize(sentence)
    .map(({ text, isStrong }) => (isStrong ? `[${text}]` : text))
    .join('');

it.each([
  ['Assigned to dock-rack2, because it is free.', 'Assigned to [dock-rack2], because it is free.'],
  ['No BYOC slot came free in 90 s. Managed covers 12 CU.', '[No BYOC slot came free in 90 s.] Managed covers 12 CU.'],
  ['Managed tier has 1.5 CU left, the job needs 3.', '[Managed tier has 1.5 CU left], the job needs 3.'],
  [
    'gpu-small is byoc_only and dock-gpu1 has no free slot.',
    '[gpu-small is byoc_only] and dock-gpu1 has no free slot.',
  ],
  ['Waits.', '[Waits.]'],
])('%s', (sentence, text) => expect(marked(sentence)).toBe(text));
