import type { PlaneEvent } from '../contract/events.ts';

/** An entry of the log as the appliers read it; the ledger's `Entry` has this form. */
export interface AppliedEntry {
  seq: number;
  at: string;
  boot: string;
  mono: number;
  actor: { kind: string; id: string };
  ref: Readonly<Record<string, string | number>>;
  events: readonly PlaneEvent[];
}

/** What the appliers of one entry share. */
export interface ApplyContext {
  entry: AppliedEntry;
  atMs: number;
  /** The plane's accumulated running time at this entry. */
  planeMs: number;
  /** The decision of this entry, so that the grant after it writes one row only. */
  decision: { sentence: string; seq: number } | null;
}
