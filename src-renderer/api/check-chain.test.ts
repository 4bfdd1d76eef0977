import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { findFault } from './check-chain.ts';

const chain = (count: number) => {
  let prev = '0'.repeat(64);
  return Array.from({ length: count }, (_, seq) => {
    const line = JSON.stringify({ seq, prev });
    prev = createHash('sha256').update(line).digest('hex');
    return {
      seq,
      at: '',
      types: [],
      ref: {},
      actor: { kind: 'plane', id: 'plane' },
      about: { wu_id: null, source_name: null, writer_name: null },
      sha256: prev,
      line,
    };
  });
};

it('finds nothing in a whole chain, from the start or from its middle', async () => {
  const items = chain(5);
  expect(await findFault(items, null)).toBeNull();
  expect(await findFault(items.slice(2), items[1] ?? null)).toBeNull();
  expect(await findFault(items.slice(2), null)).toBeNull();
});

it('names the first entry that was changed, left out or put elsewhere', async () => {
  const items = chain(5);
  const [a, b, c, d] = items as [never, (typeof items)[0], (typeof items)[0], never];
  expect(await findFault([a, { ...b, line: `${b.line} ` }, c], null)).toEqual({ seq: 1, cause: 'hash' });
  expect(await findFault([a, c, d], null)).toEqual({ seq: 2, cause: 'gap' });
  const line = JSON.stringify({ seq: 1, prev: 'f'.repeat(64) });
  const forged = { ...b, line, sha256: createHash('sha256').update(line).digest('hex') };
  expect(await findFault([a, forged, c], null)).toEqual({ seq: 1, cause: 'link' });
});
