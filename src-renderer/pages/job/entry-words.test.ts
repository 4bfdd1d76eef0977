import { describe, expect, it } from 'vitest';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { entrySubject, eventsOf, headType } from './entry-words.ts';

const entry = (...events: { type: string; body: Record<string, unknown> }[]) =>
  ({
    types: events.map((event) => event.type),
    actor: { kind: 'operator', id: 'ines' },
    line: JSON.stringify({ seq: 1, events }),
  }) as EvidenceItem;
const names = { fenceOf: () => 7742, sourceOf: () => 'dock-rack2' };

describe('an entry in words', () => {
  it('is named by what happened to the work', () => {
    expect(headType(['policy.decided', 'budget.held', 'lease.granted'])).toBe('lease.granted');
    expect(headType(['budget.settled', 'job.settled'])).toBe('job.settled');
  });
  it('says token, source and hold of a grant', () => {
    const grant = entry(
      { type: 'policy.decided', body: {} },
      { type: 'budget.held', body: { lease_id: 'lse_1', mcu: 18_000 } },
      { type: 'lease.granted', body: { lease_id: 'lse_1', fence: 7742 } },
    );
    expect(entrySubject(grant, names)).toBe('7742, dock-rack2, 18 CU held');
  });
  it('says who submitted which digest', () => {
    const submitted = entry({ type: 'job.submitted', body: { digest: `sha256:5b20${'0'.repeat(58)}e4` } });
    expect(entrySubject(submitted, names)).toBe('ines, digest 5b2000…e4');
  });
  it('says both tokens of a refused write', () => {
    const rejected = entry({
      type: 'completion.rejected',
      body: { lease_id: 'lse_1', fence: 7731, current_fence: 7742 },
    });
    expect(entrySubject(rejected, names)).toBe('token 7731, current 7742');
  });
  it('reads nothing from a line of another form', () => expect(eventsOf({ line: 'no json' })).toEqual([]));
});
