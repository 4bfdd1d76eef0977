import { describe, expect, it } from 'vitest';
import { APPROVAL_TRANSITIONS } from './approvals/transitions.ts';
import { CREDENTIAL_TRANSITIONS } from './credentials/transitions.ts';
import { isTerminal, JOB_TRANSITIONS } from './jobs/transitions.ts';
import { LEASE_TRANSITIONS } from './leases/transitions.ts';
import { SESSION_TRANSITIONS } from './sessions/transitions.ts';
import { SOURCE_TRANSITIONS } from './sources/transitions.ts';
import { assertFollows, canFollow, type TransitionTable } from './transition-table.ts';

/** Each machine once more, written from the domain's rules; every pair that is not here is refused. */
const MACHINES: [string, TransitionTable<string>, string][] = [
  [
    'job',
    JOB_TRANSITIONS,
    `queued>claimed queued>held queued>canceled queued>refused held>queued held>canceled held>refused
     claimed>running claimed>queued claimed>failed claimed>canceled claimed>dead_letter
     running>succeeded running>failed running>canceled running>queued running>dead_letter`,
  ],
  ['lease', LEASE_TRANSITIONS, 'active>released active>expired active>revoked'],
  [
    'session',
    SESSION_TRANSITIONS,
    `active>draining active>lost active>ended draining>active draining>lost draining>ended
     lost>active lost>draining lost>ended`,
  ],
  ['credential', CREDENTIAL_TRANSITIONS, 'issued>redeemed issued>expired issued>burned'],
  ['approval', APPROVAL_TRANSITIONS, 'pending>approved pending>rejected pending>expired'],
  [
    'source',
    SOURCE_TRANSITIONS,
    `pending>online pending>quarantined online>late online>offline online>quarantined late>online late>offline
     late>quarantined offline>online offline>quarantined quarantined>online quarantined>offline quarantined>late`,
  ],
];

describe.each(MACHINES)('machine of a %s', (name, table, listed) => {
  const allowed = new Set(listed.trim().split(/\s+/));
  const states = Object.keys(table);
  const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));

  it.each(pairs)('%s → %s', (from, to) => {
    const isAllowed = allowed.has(`${from}>${to}`);
    expect(canFollow(table, from, to)).toBe(isAllowed);
    const guard = (): void => assertFollows(name, table, from, to);
    if (isAllowed) guard();
    else expect(guard).toThrow(`${name}: ${from} → ${to} is not a transition`);
  });
});

describe('a terminal job', () => {
  it('is one that nothing follows', () => {
    for (const [state, next] of Object.entries(JOB_TRANSITIONS))
      expect(isTerminal(state as keyof typeof JOB_TRANSITIONS)).toBe(next.length === 0);
  });
});
