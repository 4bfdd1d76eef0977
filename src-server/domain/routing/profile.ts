import type { ComputeClass, Side } from '../../contract/terms.ts';

/** The fixed part of a source as routing sees it. Sources alike in it share a profile, so that a record costs O(profiles). */
export interface Profile {
  side: Side;
  computeClass: ComputeClass;
  labels: Readonly<Record<string, string>>;
  /** What the posture enforces. */
  confinesFiles: boolean;
  confinesNetworkNone: boolean;
  confinesAllowList: boolean;
  /** What else than commands it executes under which network, sorted: `container:none`, `container:allow_list`, … */
  executors: readonly string[];
  /** Private networks that its sources are admitted to, sorted. */
  networks: readonly string[];
  /** Source of the pool that a seat belongs to: pools never share a profile, since each is one line of a record. */
  pool?: string;
}

/** The text under which a profile is interned. */
export const profileKey = (p: Profile): string =>
  JSON.stringify([
    p.side,
    p.computeClass,
    Object.entries(p.labels).sort(([a], [b]) => (a < b ? -1 : 1)),
    p.confinesFiles,
    p.confinesNetworkNone,
    p.confinesAllowList,
    p.executors,
    p.networks,
    ...(p.pool === undefined ? [] : [p.pool]),
  ]);

/** The word a person reads for the profile's confinement. */
export const profileConfinement = (p: Profile): 'confined' | 'partly' | 'none' =>
  p.confinesFiles && p.confinesNetworkNone ? 'confined' : p.confinesFiles || p.confinesNetworkNone ? 'partly' : 'none';
