import type { Reading } from './clock.ts';

/** A renewal asked for after a freeze must come within this time (domain rule: 10 s). */
export const FROZEN_ANSWER_MS = 10_000;

/** How far a runner trusts its lease without word from the plane: three quarters of the TTL. */
export const selfStopMs = (ttlMs: number): number => (ttlMs * 3) / 4;

/**
 * `held`: renewed lately, the job runs · `frozen`: wall time ran away (sleep or a clock step), the job is stopped in
 * place and the plane is asked · `lost`: final, the job's tree is being killed.
 */
export type GuardPhase = 'held' | 'frozen' | 'lost';

export interface GuardState {
  phase: GuardPhase;
  ttlMs: number;
  /** Both clocks when the last acknowledged renewal was sent (not when its answer came). */
  renewed: Reading;
  /** Monotonic time of the freeze; null while not frozen. */
  frozenAtMonoMs: number | null;
}

export type GuardEvent =
  | { kind: 'tick'; now: Reading }
  | { kind: 'renewed'; sent: Reading; ttlMs: number }
  | { kind: 'superseded' };

/** What the holder of the lease must do now. */
export type GuardAction = 'none' | 'freeze' | 'thaw' | 'kill';

export interface GuardStep {
  state: GuardState;
  action: GuardAction;
}

/** The guard of a lease whose `/start` was sent at `sent` and acknowledged. */
export function startGuard(sent: Reading, ttlMs: number): GuardState {
  return { phase: 'held', ttlMs, renewed: sent, frozenAtMonoMs: null };
}

const stay = (state: GuardState): GuardStep => ({ state, action: 'none' });
const lose = (state: GuardState): GuardStep => ({ state: { ...state, phase: 'lost' }, action: 'kill' });

function tick(state: GuardState, now: Reading): GuardStep {
  const monoAgeMs = now.monoMs - state.renewed.monoMs;
  // Monotonic time is time in which the plane could have given the job away: no asking, the job ends.
  if (monoAgeMs > selfStopMs(state.ttlMs)) return lose(state);
  if (state.phase === 'frozen') {
    return now.monoMs - (state.frozenAtMonoMs ?? now.monoMs) >= FROZEN_ANSWER_MS ? lose(state) : stay(state);
  }
  // Wall time alone may be sleep (the plane took over) or a clock step (nothing happened): only the plane knows.
  if (now.wallMs - state.renewed.wallMs > selfStopMs(state.ttlMs)) {
    return { state: { ...state, phase: 'frozen', frozenAtMonoMs: now.monoMs }, action: 'freeze' };
  }
  return stay(state);
}

function renew(state: GuardState, sent: Reading, ttlMs: number): GuardStep {
  if (sent.monoMs < state.renewed.monoMs) return stay(state);
  if (state.phase === 'frozen') {
    // An answer to a question from before the sleep says nothing about now.
    if (sent.monoMs < (state.frozenAtMonoMs ?? 0)) return stay(state);
    return { state: { phase: 'held', ttlMs, renewed: sent, frozenAtMonoMs: null }, action: 'thaw' };
  }
  return stay({ ...state, ttlMs, renewed: sent });
}

/** The whole life of a lease on the runner's side, as a pure function; `lost` is never left. */
export function stepGuard(state: GuardState, event: GuardEvent): GuardStep {
  if (state.phase === 'lost') return stay(state);
  if (event.kind === 'tick') return tick(state, event.now);
  if (event.kind === 'renewed') return renew(state, event.sent, event.ttlMs);
  return lose(state);
}
