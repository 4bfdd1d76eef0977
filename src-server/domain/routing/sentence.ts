import { groupDigits } from '../../contract/number-words.ts';
import type { JobKind, Side } from '../../contract/terms.ts';
import { couldTake } from './fallback.ts';
import type { FleetGroup } from './fleet-group.ts';
import { type Crossing, type RoutingPolicy, sidesOf, sideWord } from './policy.ts';
import { type Ask, decidedBy } from './rank-asks.ts';
import { type Requirement, requirementWords } from './requirement.ts';
import { unenforced } from './rules.ts';

export interface AssignedFacts {
  requirement: Requirement;
  policy: RoutingPolicy;
  chosen: { name: string; group: FleetGroup; ask: Ask };
  /** Next in rank among those that asked; undefined when it was the only one. */
  next: Ask | undefined;
  askingCount: number;
  crossing: Crossing | null;
}

/** "Assigned to laptop-1, because …": the one sentence that a person reads for a placement. */
export function assignedSentence(facts: AssignedFacts): string {
  const { chosen, requirement, crossing, policy } = facts;
  const because = crossing === null ? rankedBecause(facts) : crossingBecause(crossing, policy, requirement);
  const lacks =
    requirement.network === 'none' && requirement.confinement === 'preferred'
      ? unenforced(requirement, chosen.group.profile)
      : [];
  const words = lacks.length === 0 ? '' : lacks.includes('network') ? ' Network not enforced.' : ' Files not confined.';
  return `Assigned to ${chosen.name}, because ${because}.${words}`;
}

function rankedBecause({ chosen, next, askingCount, requirement }: AssignedFacts): string {
  const { ask, group } = chosen;
  const side = sideWord(group.profile.side);
  const needs = requirementWords(requirement);
  switch (decidedBy(ask, next)) {
    case 'only':
      return `it is the only ${side} source asking now with ${needs}`;
    case 'side':
      return `it is the ${side} source asking now with ${needs}, and ${side} comes first`;
    case 'share':
      return `it has the largest share of free slots (${ask.freeSlots} of ${ask.totalSlots}) among ${groupDigits(askingCount)} sources asking now with ${needs}`;
    case 'longest':
      return `it waited longest for a job among ${groupDigits(askingCount)} sources asking now with ${needs}`;
    case 'id':
      return `it is first by id among ${groupDigits(askingCount)} equal sources asking now with ${needs}`;
  }
}

/** Why the second side took it, with the number that decided. */
export function crossingBecause(crossing: Crossing, policy: RoutingPolicy, requirement: Requirement): string {
  const first = sideWord(sidesOf(policy.mode).first);
  switch (crossing) {
    case 'none_registered':
      return `no ${first} source is registered`;
    case 'none_eligible':
      return `no ${first} source has ${requirementWords(requirement)}`;
    case 'none_online':
      return `no ${first} source with ${requirementWords(requirement)} is online`;
    case 'busy_longer_than':
      return `no ${first} slot came free in ${seconds(policy.fallback.afterMs)}`;
    case 'approved':
      return `an operator let it leave ${first}`;
  }
}

const seconds = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`);

export interface WaitingFacts {
  requirement: Requirement;
  policy: RoutingPolicy;
  isPaused: boolean;
  groups: readonly FleetGroup[];
  isSecondSideOpen: boolean;
  nameOf: (sourceId: string) => string;
}

/** Why nobody has the job yet, told by the source that is nearest to taking it. */
export function waitingSentence(facts: WaitingFacts): string {
  if (facts.isPaused) return 'Grants are paused in this workspace.';
  const { first, second } = sidesOf(facts.policy.mode);
  const near = nearest(facts, first);
  const other = second === null || facts.isSecondSideOpen ? '' : laterWords(facts, second);
  if (near !== null) return `${near}${other}`;
  if (second !== null && facts.isSecondSideOpen) {
    const nearSecond = nearest(facts, second);
    if (nearSecond !== null) return nearSecond;
  }
  return `${nobody(facts, first, second)}${other}`;
}

const NEAREST_FIRST = ['ready', 'full', 'late', 'draining', 'cordoned', 'quarantined', 'offline', 'pending'] as const;

function nearest(facts: WaitingFacts, side: Side): string | null {
  for (const condition of NEAREST_FIRST) {
    const groups = facts.groups.filter((g) => g.fits && g.profile.side === side && g.availability === condition);
    const count = groups.reduce((n, g) => n + g.sourceIds.length, 0);
    const firstId = groups[0]?.sourceIds[0];
    if (count === 0 || firstId === undefined) continue;
    const only = facts.policy.mode.endsWith('_only')
      ? `${facts.requirement.computeClass} is ${facts.policy.mode} and `
      : '';
    return count === 1
      ? `${only}${facts.nameOf(firstId)} ${ONE[condition]}.`
      : capital(
          `${only}all ${groupDigits(count)} ${sideWord(side)} sources with ${requirementWords(facts.requirement)} ${MANY[condition]}.`,
        );
  }
  return null;
}

const ONE: Readonly<Record<(typeof NEAREST_FIRST)[number], string>> = {
  ready: 'has a free slot but is not asking for work now',
  full: 'has no free slot',
  late: 'is late, it sent no heartbeat for 30 s',
  draining: 'is draining',
  cordoned: 'is cordoned',
  quarantined: 'is quarantined',
  offline: 'is offline',
  pending: 'has not connected yet',
};
const MANY: Readonly<Record<(typeof NEAREST_FIRST)[number], string>> = {
  ready: 'that have a free slot are not asking for work now',
  full: 'that are online have no free slot',
  late: 'that were online are late',
  draining: 'that are left are draining',
  cordoned: 'that are left are cordoned',
  quarantined: 'that are left are quarantined',
  offline: 'are offline',
  pending: 'have not connected yet',
};

const LACKING: Readonly<Record<JobKind, string>> = {
  command: 'No source that fits can enforce the confinement that this job requires.',
  mcp: 'No source that fits can confine an agent job and its tools.',
  container: 'No source that fits has a container engine that can hold this job.',
  kubernetes: 'No source that fits reaches a cluster that can hold this job.',
};

function nobody(facts: WaitingFacts, first: Side, second: Side | null): string {
  const live = facts.groups.filter(
    (g) => g.availability !== 'revoked' && (g.profile.side === first || g.profile.side === second),
  );
  if (live.length === 0) {
    const elsewhere = facts.groups.some((g) => g.fits && g.availability !== 'revoked');
    return elsewhere
      ? `The policy is ${facts.policy.mode} and no ${sideWord(first)} source is registered.`
      : 'No source is registered yet.';
  }
  // Where the other side could take it, or never may, the sentence is about the preferred side alone.
  const isAboutFirst = second === null || live.some((g) => g.fits && g.profile.side === second);
  const asked = isAboutFirst ? live.filter((g) => g.profile.side === first) : live;
  if (asked.length === 0) return `No ${sideWord(first)} source is registered.`;
  if (asked.some((g) => g.fixed.every((r) => r.pass || r.rule === 'confinement.insufficient')))
    return LACKING[facts.requirement.kind];
  const none = `${isAboutFirst ? `${sideWord(first)} source` : 'source'} has ${requirementWords(facts.requirement)}.`;
  const isElsewhere = facts.groups.some((g) => g.fits && g.availability !== 'revoked' && g.profile.side !== first);
  return second === null && isElsewhere ? `The policy is ${facts.policy.mode} and no ${none}` : `No ${none}`;
}

function laterWords(facts: WaitingFacts, second: Side): string {
  if (!couldTake(facts.groups, second)) return '';
  const word = capital(sideWord(second));
  if (facts.policy.fallback.mode === 'never') return ` ${word} is never asked under this policy.`;
  const verb = facts.policy.fallback.mode === 'ask' ? 'an operator is asked' : `${sideWord(second)} may take it`;
  return ` After ${seconds(facts.policy.fallback.afterMs)} of waiting ${verb}.`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
