import { expect, it } from 'vitest';
import { highlightTerms } from './highlight-terms.ts';

const marked = (sentence: string, ...terms: string[]) =>
  highlightTerms(sentence, terms)
    .map(({ text, isStrong }) => (isStrong ? `[${text}]` : text))
    .join('');

it.each([
  ['Assigned to dock-rack2, because.', ['dock-rack2'], 'Assigned to [dock-rack2], because.'],
  [
    'with cpu-medium, os=linux and region=eu.',
    ['region=eu', 'os=linux', 'cpu-medium'],
    'with [cpu-medium], [os=linux] and [region=eu].',
  ],
  ['dock-rack20 and dock-rack2', ['dock-rack2'], 'dock-rack20 and [dock-rack2]'],
  ['a.b c', ['a.b', ''], '[a.b] c'],
  ['nothing', [], 'nothing'],
])('%s', (sentence, terms, expected) => expect(marked(sentence, ...terms)).toBe(expected));
