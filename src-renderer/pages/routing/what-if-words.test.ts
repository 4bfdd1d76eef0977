import { expect, it } from 'vitest';
import type { WhatIfMove, WhatIfSums } from '../../../src-server/contract/what-if.ts';
import { commonCause, headline, waitWords, warnings } from './what-if-words.ts';

const sums = (part: Partial<WhatIfSums>): WhatIfSums => ({
  byoc: 0,
  managed: 0,
  refused: 0,
  held: 0,
  waiting: 0,
  canceled: 0,
  wait_ms: 0,
  cost_mcu: 0,
  ...part,
});
const because = (text: string) => ({ because: text }) as WhatIfMove;

it('says how much changes', () => {
  expect(headline({ changed: 46, considered: 500 })).toBe('46 of 500 decisions would change');
  expect(headline({ changed: 0, considered: 500 })).toBe('No decision would change');
});
it('names the cause, or the most frequent one', () => {
  expect(commonCause([because('a slot was free'), because('a slot was free')])).toBe('A slot was free');
  expect(commonCause([because('a'), because('b'), because('b')])).toBe('Mostly: b');
  expect(commonCause([])).toBeNull();
});
it('compares mean waits', () => {
  const inForce = sums({ byoc: 2, wait_ms: 76_000 });
  expect(waitWords({ in_force: inForce, after: sums({ byoc: 2, wait_ms: 44_000 }) })).toBe('Mean wait 38 s to 22 s');
  expect(waitWords({ in_force: inForce, after: inForce })).toBe('Mean wait 38 s');
});
it('warns of what gets dearer, refused, held or left waiting', () => {
  const answer = {
    in_force: sums({ cost_mcu: 318_000 }),
    after: sums({ cost_mcu: 530_000, held: 1 }),
    new_refusals: 5,
  };
  expect(warnings(answer as never)).toEqual([
    'Cost rises from 318 CU to about 530 CU.',
    '5 jobs would be newly refused.',
    '1 job more would be held.',
  ]);
});
