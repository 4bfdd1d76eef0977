import { createHash } from 'node:crypto';
import type { ActionFacts } from '../../contract/agent.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';

/** Where an action stands: the lease that it was made under, and the link before it ('' for the first). */
export interface ActionPlace {
  lease_id: string;
  fence: number;
  after: string;
}

/** The link of an action in the chain of its attempt, in lower-case hex. */
export const chainOf = (place: ActionPlace, action: ActionFacts): string =>
  createHash('sha256')
    .update(canonicalJson({ ...place, action }))
    .digest('hex');

/** What the runner signs of a link. */
export const signedActionText = (chain: string): string => `connected-compute/action/v1\n${chain}`;
