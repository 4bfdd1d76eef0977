import { expect, test } from 'vitest';
import type { JobSpec } from '../wire.ts';
import { egressRulesOf, targetsOf } from './egress-rules.ts';

const DB = { host: 'DB.internal.', port: 5432 };
const asked = (network: string, egress: string[], grants = [DB]) => ({ grants, job: { network, egress } as JobSpec });
const A = { host: 'a.example', port: 443 };
const PLAIN_DB = { host: 'db.internal', port: 5432 };

test.each([
  ['none', ['a.example:443'], { admitted: [], listed: [] }],
  ['private:lab', ['a.example:443'], { admitted: [PLAIN_DB], listed: [] }],
  // The plane repeats the job's own list as grants: that must not make it an admission.
  ['egress', ['a.example:443', 'bad:99999'], { admitted: [], listed: [A, PLAIN_DB] }],
  ['egress', ['db.internal:5432'], { admitted: [], listed: [PLAIN_DB] }],
])('%s with the list %j', (network, egress, expected) => {
  expect(egressRulesOf(asked(network, egress))).toEqual(expected);
});

test.each(['egress', 'private:lab'])('%s without a grant reaches nothing', (network) => {
  expect(egressRulesOf(asked(network, [], []))).toEqual({ admitted: [], listed: [] });
});

test('names every host and port beforehand', () => {
  expect(targetsOf(asked('egress', ['a.example:443'], []))).toEqual([A]);
});
