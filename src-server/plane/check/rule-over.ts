import type { PolicyMode, Side } from '../../contract/terms.ts';
import { parseSignature } from '../../domain/routing/requirement.ts';
import type { FoldedPolicy, FoldedRule } from './folded-rows.ts';

/** Preferred side, and the one that may follow. */
export const sidesUnder = (mode: PolicyMode): { first: Side; second: Side | null } => {
  const first = mode.startsWith('byoc') ? 'byoc' : 'managed';
  return { first, second: mode.endsWith('_only') ? null : first === 'byoc' ? 'managed' : 'byoc' };
};

/** The rule over jobs of one requirement, found without the code that the plane uses, so that both have to be right. */
export function ruleOver(policy: FoldedPolicy, signature: string): FoldedRule {
  if (policy.overrides.length === 0) return policy;
  const { computeClass, labels } = parseSignature(signature);
  const wanted = new Map(labels);
  for (const override of policy.overrides) {
    if (override.compute_class !== undefined && override.compute_class !== computeClass) continue;
    const isAsked = Object.keys(override.labels ?? {}).every((key) => wanted.get(key) === override.labels?.[key]);
    if (!isAsked) continue;
    return { mode: override.mode ?? policy.mode, fallbackMode: override.fallback?.mode ?? policy.fallbackMode };
  }
  return policy;
}
