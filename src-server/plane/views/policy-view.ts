import type { Policy, PolicyDiff, PolicyDraft } from '../../contract/policy.ts';
import { policyChanges } from '../../domain/routing/policy-changes.ts';
import { listPolicies, policyOfVersion } from '../../state/queries/governance.ts';
import type { Engine } from '../engine.ts';
import { keyOfCursor, pageOf } from './page.ts';

const toPolicy = (row: ReturnType<typeof listPolicies>[number]): Policy => ({
  ...({ rolls_back_to: null, ...row.body } as unknown as Policy),
  published_at: row.at,
  published_by: row.by,
});

/** The policy in force. */
export function policyView(engine: Engine): Policy {
  const [row] = listPolicies(engine.state.db, Number.MAX_SAFE_INTEGER, 1);
  if (row === undefined) throw new Error('no policy was ever published');
  return toPolicy(row);
}

/** What differs from one version to another; null when one of them is not there. */
export function policyDiffView(engine: Engine, fromVersion: number, toVersion: number): PolicyDiff | null {
  const from = policyOfVersion(engine.state.db, fromVersion);
  const to = policyOfVersion(engine.state.db, toVersion);
  if (from === undefined || to === undefined) return null;
  return { from_version: fromVersion, to_version: toVersion, changes: policyChanges(from.body, to.body) };
}

/** What a draft would change of the policy in force. */
export function draftDiffView(engine: Engine, draft: PolicyDraft): PolicyDiff {
  const current = policyView(engine);
  return {
    from_version: current.version,
    to_version: null,
    changes: policyChanges(current, { ...current, ...withoutGaps(draft) }),
  };
}

/** A draft without the fields that it leaves as they are. */
export const withoutGaps = (draft: PolicyDraft): Partial<Policy> =>
  Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));

/** Newest version first. */
export const policyVersionsView = (
  engine: Engine,
  query: { cursor?: string | undefined; limit: number },
): { items: Policy[]; next_cursor: string | null } =>
  pageOf(
    listPolicies(engine.state.db, keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER, query.limit + 1).map(toPolicy),
    query.limit,
    (p) => p.version,
    (p) => p,
  );
