import { CAPACITY_MAX, OVERRIDES_MAX } from '../../contract/limits.ts';
import type { PolicyOverride } from '../../contract/policy.ts';
import type { PolicyMode, Rule } from '../../contract/terms.ts';
import { isPrivate } from '../admissions/standing.ts';
import type { FleetGroup } from '../routing/fleet-group.ts';
import { ruleFor, sidesOf, type WorkspacePolicy } from '../routing/policy.ts';
import { failingRules } from '../routing/record.ts';
import { executorOf } from '../routing/requirement.ts';
import type { Change } from './change.ts';
import { judgeOnSide, judgeSides } from './decide.ts';
import type { AdviceCase, SourceFacts } from './world.ts';

/** Sources that one kind of change is tried on, and sources of one group that are looked at for it. */
const TRIED_PER_KIND = 3;
const LOOKED_AT_PER_GROUP = 50;

const ONLY: readonly { kind: SourceKindOfChange; rules: readonly Rule[] }[] = [
  { kind: 'source.resume', rules: ['source.cordoned', 'source.draining', 'source.quarantined'] },
  { kind: 'source.start', rules: ['source.offline', 'source.late'] },
  { kind: 'label.add', rules: ['labels.missing'] },
  { kind: 'network.admit', rules: ['network.not_admitted'] },
  { kind: 'capacity.raise', rules: ['capacity.full'] },
];
type SourceKindOfChange = 'source.resume' | 'source.start' | 'label.add' | 'network.admit' | 'capacity.raise';

/** Changes that may place the job: guesses that look at groups, not at sources; each is still to be checked. */
export function candidateChanges(advised: AdviceCase): Change[] {
  const { job, world, kinds, approval } = advised;
  const found: Change[] = [];
  if (approval !== null) found.push({ kind: 'approval.approve', target: approval.approvalId, question: approval.kind });
  found.push({ kind: 'job.retry', target: job.jobId }, { kind: 'workspace.resume', target: 'workspace' });
  found.push(...sourceChanges(advised), ...budgetChanges(advised), ...policyChanges(advised), ...enrollments(advised));
  return found.filter((c) => kinds.includes(c.kind) && (c.kind !== 'workspace.resume' || world.isPaused));
}

/** For each kind a few sources that lack just what the kind gives. */
function sourceChanges(advised: AdviceCase): Change[] {
  const { judge, rule } = judgeSides(advised.world, advised.job);
  const { first } = sidesOf(rule.mode);
  const groups = advised.wholeFleet();
  const found: Change[] = [];
  const tried = new Map<SourceKindOfChange, Set<string>>();
  const ordered = [...groups].sort((a, b) => Number(b.profile.side === first) - Number(a.profile.side === first));
  const isWanted = (kind: SourceKindOfChange): boolean =>
    advised.kinds.includes(kind) && (tried.get(kind)?.size ?? 0) < TRIED_PER_KIND;
  for (const group of ordered) {
    if (!waysFor(group, advised.job).some(isWanted)) continue;
    const failing = failingRules(group, judge).map((r) => r.rule);
    const way = ONLY.find(({ rules }) => failing.length > 0 && failing.every((rule) => rules.includes(rule)));
    if (way === undefined || !isWanted(way.kind)) continue;
    const done = tried.get(way.kind) ?? new Set();
    tried.set(way.kind, done);
    for (const sourceId of group.sourceIds.slice(0, LOOKED_AT_PER_GROUP)) {
      if (done.size >= TRIED_PER_KIND) break;
      if (done.has(sourceId)) continue;
      const change = sourceChange(advised, way.kind, group, advised.sourceFacts(sourceId));
      if (change === null) continue;
      done.add(sourceId);
      found.push(change);
    }
  }
  return found;
}

/** What a group could lack at all, told before its rules are: of ten thousand groups most need no closer look. */
function waysFor(group: FleetGroup, { requirement }: AdviceCase['job']): readonly SourceKindOfChange[] {
  if (group.fits) return ['source.resume', 'source.start', 'capacity.raise'];
  if (group.availability !== 'ready') return [];
  return [
    ...(requirement.labels.length > 0 ? (['label.add'] as const) : []),
    ...(isPrivate(requirement.network) ? (['network.admit'] as const) : []),
  ];
}

function sourceChange(
  { job, hostsFor }: AdviceCase,
  kind: SourceKindOfChange,
  group: FleetGroup,
  facts: SourceFacts,
): Change | null {
  const target = facts.sourceId;
  const { labels, network } = job.requirement;
  switch (kind) {
    case 'label.add': {
      // The labels of a pool are those of all its runners; one of them is no place to change them.
      if (facts.poolRoom !== null) return null;
      const missing = labels.filter(([k, v]) => group.profile.labels[k] !== v);
      const replaced = missing.filter(([k]) => group.profile.labels[k] !== undefined).map(([k]) => k);
      return { kind, target, labels: Object.fromEntries(missing), replaced };
    }
    case 'network.admit':
      return { kind, target, network, hosts: hostsFor(target, network) };
    case 'capacity.raise': {
      const offered = Math.max(0, ...facts.places.map((p) => p.offered));
      // A runner that offers no more than it is enrolled with gains nothing.
      return facts.poolRoom === null && offered <= facts.capacity
        ? null
        : { kind, target, capacity: facts.capacity + 1 };
    }
    default:
      return { kind, target };
  }
}

/** The one limit that is short, raised by exactly what is missing: for this job, or for those before it as well. */
function budgetChanges({ job, world, others }: AdviceCase): Change[] {
  const { rule } = judgeSides(world, job);
  const { first, second } = sidesOf(rule.mode);
  const found: Change[] = [];
  for (const side of second === null ? [first] : [first, second]) {
    const { decisive, neededMcu, outcome } = judgeOnSide(world, job, side);
    if (decisive === null || outcome === 'room') continue;
    const raise = (byMcu: number): Change => ({
      kind: 'budget.raise',
      target: decisive.scope,
      window: decisive.window,
      limitMcu: decisive.limitMcu + byMcu,
      byMcu,
    });
    found.push(raise(decisive.missingMcu));
    const before = others.filter((o) => o.isAhead && isOn(o, decisive.scope, job));
    const theirs = before.reduce((sum, o) => sum + judgeOnSide(world, o, side).neededMcu, 0);
    if (theirs > 0 && Number.isSafeInteger(theirs + neededMcu)) found.push(raise(decisive.missingMcu + theirs));
  }
  return found;
}

const isOn = (other: AdviceCase['job'], scope: string, job: AdviceCase['job']): boolean =>
  scope.startsWith('wu:')
    ? other.wuId === job.wuId
    : !scope.includes('/') || other.requirement.computeClass === job.requirement.computeClass;

/** Another rule for jobs of this class and these labels alone; the other jobs keep theirs. */
function policyChanges({ job, world }: AdviceCase): Change[] {
  const { policy } = world;
  const now = ruleFor(policy, job.requirement);
  const { first } = sidesOf(now.mode);
  const other = first === 'byoc' ? 'managed' : 'byoc';
  const { computeClass, labels } = job.requirement;
  const match = { compute_class: computeClass, ...(labels.length === 0 ? {} : { labels: Object.fromEntries(labels) }) };
  const same = policy.overrides.findIndex((o) => isSameMatch(o, match));
  if (same < 0 && policy.overrides.length >= OVERRIDES_MAX) return [];
  const wanted: { mode: PolicyMode; isAuto: boolean }[] = [
    { mode: `${first}_first`, isAuto: false },
    { mode: `${first}_first`, isAuto: true },
    { mode: `${other}_first`, isAuto: false },
    { mode: `${other}_only`, isAuto: false },
  ];
  return wanted.flatMap(({ mode, isAuto }): Change[] => {
    const isFallbackChanged = isAuto && now.fallback.mode !== 'auto';
    if ((mode === now.mode && !isFallbackChanged) || (isAuto && !isFallbackChanged)) return [];
    const fallback = { mode: isAuto ? ('auto' as const) : now.fallback.mode, after_ms: now.fallback.afterMs };
    const made: PolicyOverride = { ...match, mode, fallback };
    // Before the one that rules the job now, so that it is the first that matches.
    const at = same >= 0 && same === now.override ? same : (now.override ?? policy.overrides.length);
    const rest = policy.overrides.filter((_, i) => i !== same);
    const overrides = [...rest.slice(0, at), made, ...rest.slice(at)];
    const changed: WorkspacePolicy = { ...policy, version: policy.version + 1, overrides };
    return [
      {
        kind: 'policy.publish',
        target: `${mode}${isFallbackChanged ? '+auto' : ''}`,
        policy: changed,
        mode,
        isFallbackChanged,
      },
    ];
  });
}

const isSameMatch = (a: PolicyOverride, b: Pick<PolicyOverride, 'compute_class' | 'labels'>): boolean =>
  a.compute_class === b.compute_class && JSON.stringify(sorted(a.labels)) === JSON.stringify(sorted(b.labels));
const sorted = (labels: Record<string, string> | undefined): [string, string][] =>
  Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

/** A further source made for the job, with as many slots as it takes to reach it. */
function enrollments({ job, world, others, unseen }: AdviceCase): Change[] {
  const { computeClass, labels, confinement } = job.requirement;
  const executor = executorOf(job.requirement);
  const { first, second } = sidesOf(ruleFor(world.policy, job.requirement).mode);
  const side = first === 'byoc' || second === null ? first : second;
  const before = others.filter((o) => o.isAhead).length + unseen.reduce((sum, u) => sum + u.count, 0);
  const slots = before === 0 ? [1] : [1, Math.min(before + 1, CAPACITY_MAX)];
  return slots.map((capacity) => ({
    kind: 'source.enroll',
    target: computeClass,
    side,
    labels: Object.fromEntries(labels),
    isConfined: confinement === 'required' && executor === null,
    executors: executor === null ? [] : [executor],
    capacity,
  }));
}
