import { expect, test } from 'vitest';
import { jobSubmit } from './job.ts';

const good = { wu_id: 'WU-1', title: 'A job', command: { argv: ['true'] } };

test.each<[string, unknown, string, string]>([
  ['a field of another type', { ...good, wu_id: 7 }, 'wu_id', 'must be text'],
  ['a missing field', { ...good, wu_id: undefined }, 'wu_id', 'is missing'],
  ['a fraction', { ...good, priority: 1.5 }, 'priority', 'must be a whole number'],
  ['too large a number', { ...good, priority: 5_000 }, 'priority', 'must be at most 100'],
  ['too small a number', { ...good, max_attempts: 0 }, 'max_attempts', 'must be at least 1'],
  ['a word that is not in the list', { ...good, on_refusal: 'x' }, 'on_refusal', 'must be one of refuse, hold'],
  ['an empty list', { ...good, command: { argv: [] } }, 'command.argv', 'must not be empty'],
  ['no list', { ...good, outputs: 'all' }, 'outputs', 'must be a list'],
  ['no truth value', { ...good, command: { argv: ['a'], shell: 'yes' } }, 'command.shell', 'must be true or false'],
  ['too long a text', { ...good, title: 'x'.repeat(300) }, 'title', 'must have at most 200 characters'],
  [
    'a name in a record',
    { ...good, labels: { OS: 'x' } },
    'labels.OS',
    'has a name that must be a label key like region',
  ],
  ['a network of no form', { ...good, network: 'lan' }, 'network', 'must be none, egress or like private:registry'],
])('%s is told in words', (_case, body, path, words) => {
  const found = jobSubmit.safeParse(body).error?.issues.find((issue) => issue.path.join('.') === path);
  expect(found?.message).toBe(words);
});
