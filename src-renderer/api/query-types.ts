import type { ComputeClass, LeaseState, Side } from '../../src-server/contract/terms.ts';

/** Filters of the jobs list as they travel in the address; `state` may name several, with commas. */
export interface JobListQuery {
  state?: string;
  source_id?: string;
  wu_id?: string;
  compute_class?: ComputeClass;
  q?: string;
}
/** Filters of the source list; `state` also knows the switches `cordoned`, `draining` and `revoked`. */
export interface SourceListQuery {
  state?: string;
  side?: Side;
  q?: string;
}
/** Filters of the lease list. */
export interface LeaseListQuery {
  state?: LeaseState;
  source_id?: string;
}
