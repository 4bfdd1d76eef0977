import type { Policy } from '../../contract/policy.ts';
import { listPolicies } from '../../state/queries/governance.ts';
import type { Engine } from '../engine.ts';
import { keyOfCursor, pageOf } from './page.ts';

const toPolicy = (row: ReturnType<typeof listPolicies>[number]): Policy => ({
  ...(row.body as unknown as Policy),
  published_at: row.at,
  published_by: row.by,
});

/** The policy in force. */
export function policyView(engine: Engine): Policy {
  const [row] = listPolicies(engine.state.db, Number.MAX_SAFE_INTEGER, 1);
  if (row === undefined) throw new Error('no policy was ever published');
  return toPolicy(row);
}

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
