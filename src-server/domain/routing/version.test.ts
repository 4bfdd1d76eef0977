import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { BUDGET_WINDOWS, FALLBACK_MODES, POLICY_MODES, SIDES } from '../../contract/terms.ts';
import { heldSentence, refusedSentence, waitsSentence } from '../budgets/words.ts';
import { canonicalJson } from '../canonical-json.ts';
import { AVAILABILITIES } from '../sources/availability.ts';
import { crossingOf, firstSideStanding } from './fallback.ts';
import type { FleetGroup } from './fleet-group.ts';
import type { RoutingPolicy } from './policy.ts';
import { candidateGroups } from './record.ts';
import type { Requirement } from './requirement.ts';
import { judgeFixed } from './rules.ts';
import { waitingSentence } from './sentence.ts';
import { ROUTING_VERSION } from './version.ts';

/** SHA-256 of what version 2 answers to the questions below. */
const KNOWN = { version: 2, sha256: '4660eb544c286dc4787b1edccdc31fc345533067f3a7eeeb8260d0f4de3ae4df' };

const needs: Requirement = {
  kind: 'command',
  computeClass: 'cpu-small',
  labels: [['os', 'linux']],
  network: 'none',
  confinement: 'preferred',
};
const groupOf = (side: (typeof SIDES)[number], availability: FleetGroup['availability'], os: string): FleetGroup => {
  const profile = {
    side,
    computeClass: 'cpu-small',
    labels: { os },
    confinesFiles: false,
    confinesNetworkNone: true,
    confinesAllowList: false,
    executors: [],
    networks: [],
  } as const;
  const fixed = judgeFixed(needs, profile);
  return { profile, availability, sourceIds: [`src_${side}_${os}`], fixed, fits: fixed.every((r) => r.pass) };
};

function answers(): unknown[] {
  const found: unknown[] = [];
  for (const mode of POLICY_MODES)
    for (const fallback of FALLBACK_MODES)
      for (const availability of AVAILABILITIES)
        for (const isPaused of [false, true]) {
          const policy: RoutingPolicy = {
            version: 1,
            mode,
            fallback: { mode: fallback, afterMs: 60_000 },
            refuseAfterMs: null,
            override: null,
          };
          const groups = [
            groupOf('byoc', availability, 'linux'),
            groupOf('byoc', 'ready', 'darwin'),
            groupOf('managed', 'ready', 'linux'),
          ];
          const asked = { policy, isPaused, groups, isSecondSideOpen: false };
          const crossings = SIDES.map((side) =>
            crossingOf(policy, side, 'closed', () => firstSideStanding(groups, 'byoc')),
          );
          found.push([
            candidateGroups({ ...asked, chosenId: null, askingIds: [] }),
            waitingSentence({ ...asked, requirement: needs, nameOf: (id) => id }),
            crossings,
          ]);
        }
  return [...found, ...budgetAnswers()];
}

function budgetAnswers(): string[] {
  const uses = ['wu:WU-1', 'tier:managed', 'tier:byoc/gpu-small', 'workspace'].flatMap((scope) =>
    BUDGET_WINDOWS.flatMap((window) =>
      [0, 1_500].map((spentMcu) => ({ scope, window, limitMcu: 5_000, spentMcu, heldMcu: spentMcu, resetsMs: null })),
    ),
  );
  return uses.flatMap((use) =>
    [refusedSentence, heldSentence, waitsSentence].map((say) => say({ ...use, missingMcu: 7_000 }, 9_000)),
  );
}

test('what decides is of the version that it says: raise it with every change of an answer', () => {
  const sha256 = createHash('sha256').update(canonicalJson(answers())).digest('hex');
  expect({ version: ROUTING_VERSION, sha256 }).toEqual(KNOWN);
});
