import { expect, it } from 'vitest';
import { shortWhy } from './short-why.ts';

it.each([
  [
    'Assigned to dock-rack2, because it has the largest share of free slots (3 of 6) among 2 sources asking now with cpu-medium.',
    'Largest share of free slots (3 of 6) among 2 sources asking now with cpu-medium.',
  ],
  [
    'Assigned to mbp-ines, because it is the only BYOC source asking now with cpu-small. Network not enforced.',
    'Only BYOC source asking now with cpu-small. Network not enforced.',
  ],
  [
    'Assigned to k8s-a, because it waited longest for a job among 2 sources.',
    'Waited longest for a job among 2 sources.',
  ],
  ['Assigned to lumenflow_managed, because no BYOC slot came free in 90 s.', 'No BYOC slot came free in 90 s.'],
])('leaves out what the row says already: %s', (sentence, short) => {
  expect(shortWhy(sentence)).toBe(short);
});

it('leaves other answers as they are', () => {
  const sentence = 'gpu-small is byoc_only and dock-gpu1 has no free slot.';
  expect(shortWhy(sentence)).toBe(sentence);
});

it.each([
  ['cpu-small', 'Only BYOC source asking now.'],
  ['cpu-small and owner=ines', 'Only BYOC source asking now with owner=ines.'],
  ['cpu-small, os=linux and region=eu', 'Only BYOC source asking now with os=linux and region=eu.'],
  ['gpu-small', 'Only BYOC source asking now with gpu-small.'],
])('leaves out the class where a column shows it: %s', (asked, short) => {
  const sentence = `Assigned to mbp-ines, because it is the only BYOC source asking now with ${asked}.`;
  expect(shortWhy(sentence, 'cpu-small')).toBe(short);
});
