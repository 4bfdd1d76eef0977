import { expect, test } from 'vitest';
import { groupsOf } from './read-jobs.ts';

const jobs = (...sizes: number[]) => sizes.map((size, index) => ({ line: index + 1, body: 'x'.repeat(size - 3) }));
const lines = (groups: { line: number }[][]) => groups.map((group) => group.map(({ line }) => line));

test.each([
  ['nothing', [], []],
  ['as many as one request takes', [10, 10, 10], [[1, 2, 3]]],
  ['one more', [10, 10, 10, 10], [[1, 2, 3], [4]]],
  ['more bytes than one request takes', [60, 60, 30], [[1], [2, 3]]],
  ['one that is too large alone', [10, 200, 10], [[1], [2], [3]]],
])('jobs are sent in groups: %s', (_name, sizes, expected) => {
  expect(lines(groupsOf(jobs(...sizes), 3, 100))).toEqual(expected);
});
