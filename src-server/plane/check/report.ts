import type { Violation } from './folded-rows.ts';

/** Notes one broken promise. */
export type Report = (invariant: string, detail: string) => void;
export const reporter =
  (violations: Violation[], seq = -1): Report =>
  (invariant, detail) =>
    void violations.push({ invariant, seq, detail });
