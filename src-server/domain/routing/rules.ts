import type { RuleResult } from '../../contract/decision.ts';
import type { PolicyMode, Rule, Side } from '../../contract/terms.ts';
import type { Availability } from '../sources/availability.ts';
import { acceptsClass } from '../sources/classify.ts';
import { sidesOf } from './policy.ts';
import type { Profile } from './profile.ts';
import { executorOf, type Requirement } from './requirement.ts';

const result = (rule: Rule, pass: boolean, detail: string): RuleResult => ({ rule, pass, detail });

/** Class, labels, confinement and network: the rules that hold for every source of a profile at any moment. */
export function judgeFixed(requirement: Requirement, profile: Profile): RuleResult[] {
  const missing = requirement.labels.filter(([k, v]) => profile.labels[k] !== v);
  return [
    result('class.mismatch', acceptsClass(profile.computeClass, requirement.computeClass), profile.computeClass),
    result('labels.missing', missing.length === 0, missing.map(([k, v]) => `${k}=${v}`).join(', ')),
    judgeConfinement(requirement, profile),
    result('network.not_admitted', isAdmitted(requirement, profile), requirement.network),
  ];
}

/** Everything but a private network is open to all; that one needs an admission of the source. */
export const isAdmitted = (requirement: Requirement, profile: Profile): boolean =>
  !requirement.network.startsWith('private:') || profile.networks.includes(requirement.network);

function judgeConfinement(requirement: Requirement, profile: Profile): RuleResult {
  const executor = executorOf(requirement);
  // A container or a cluster is its own confinement: without it the job cannot run at all.
  if (executor !== null) {
    const isThere = profile.executors.includes(executor);
    return result('confinement.insufficient', isThere, isThere ? 'enforced' : lackOf(executor, profile.executors));
  }
  const lacks = unenforced(requirement, profile);
  const isRequired = requirement.confinement === 'required';
  return result(
    'confinement.insufficient',
    !isRequired || lacks.length === 0,
    lacks.length === 0 ? 'enforced' : `${lacks.join(' and ')} not enforced`,
  );
}

const EXECUTOR_WORDS: Readonly<Record<string, string>> = {
  container: 'container engine',
  kubernetes: 'cluster',
  mcp: 'confinement for agent jobs',
};

/** "no container engine", or what the one that is there cannot do. */
function lackOf(executor: string, executors: readonly string[]): string {
  const [kind, network] = executor.split(':') as [string, string];
  const word = EXECUTOR_WORDS[kind] ?? kind;
  const isThere = executors.some((each) => each.startsWith(`${kind}:`));
  return isThere && network === 'allow_list' ? `its ${word} cannot grant hosts` : `no ${word}`;
}

/** What of the job's confinement this profile cannot enforce; the why sentence of a `preferred` job names it. */
export function unenforced(requirement: Requirement, profile: Profile): string[] {
  if (requirement.confinement === 'none' || requirement.kind !== 'command') return [];
  const network = requirement.network === 'none' ? profile.confinesNetworkNone : profile.confinesAllowList;
  return [...(profile.confinesFiles ? [] : ['files']), ...(network ? [] : ['network'])];
}

/** May a source of this side ever take the job under the mode? */
export function judgeSide(mode: PolicyMode, side: Side): RuleResult {
  const { first, second } = sidesOf(mode);
  return result('side.not_allowed', side === first || side === second, side);
}

const MOVING: Readonly<Record<Exclude<Availability, 'ready'>, { rule: Rule; detail: string }>> = {
  revoked: { rule: 'source.revoked', detail: 'revoked' },
  cordoned: { rule: 'source.cordoned', detail: 'cordoned' },
  draining: { rule: 'source.draining', detail: 'draining' },
  quarantined: { rule: 'source.quarantined', detail: 'quarantined' },
  pending: { rule: 'source.offline', detail: 'not connected yet' },
  offline: { rule: 'source.offline', detail: 'offline' },
  late: { rule: 'source.late', detail: 'late' },
  full: { rule: 'capacity.full', detail: '0 free' },
};

/** The one moving rule that fails for an availability; null when it is ready. */
export const judgeMoving = (a: Availability): RuleResult | null =>
  a === 'ready' ? null : result(MOVING[a].rule, false, MOVING[a].detail);
