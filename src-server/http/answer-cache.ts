import { IDEMPOTENCY_TTL_MS } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Clock } from '../plane/clock.ts';
import type { Idempotency } from '../plane/commands/context.ts';

const ANSWERS_KEPT = 10_000;
interface Kept {
  request: string;
  answer: { status: number; body: string } | null;
  /** Set when the answer held a secret: what to name instead of repeating it. */
  secretOf: string | null;
  atMs: number;
}

/** Answers of operator actions by their Idempotency-Key, so that a repeat gets the same bytes and has no second effect. */
export class AnswerCache {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly clock: Clock) {}

  /**
   * Looks a key up and marks it as running.
   * @returns the earlier answer, or null when this request is the first.
   * @throws ProblemError `idempotency.key_reused`, `idempotency.in_progress`, `idempotency.secret_not_repeatable`.
   */
  begin({ key, request }: Idempotency): { status: number; body: string } | null {
    const known = this.kept.get(key);
    const nowMs = this.clock.monoMs();
    if (known !== undefined && nowMs - known.atMs < IDEMPOTENCY_TTL_MS) {
      if (known.request !== request)
        throw new ProblemError('idempotency.key_reused', 'Use a new Idempotency-Key for another request.');
      if (known.secretOf !== null) {
        throw new ProblemError(
          'idempotency.secret_not_repeatable',
          'The secret was shown once. Reissue it to get another.',
          { enrollment_id: known.secretOf },
        );
      }
      if (known.answer === null)
        throw new ProblemError('idempotency.in_progress', 'Wait for the first answer, then repeat the request.');
      return known.answer;
    }
    if (this.kept.size >= ANSWERS_KEPT) this.kept.delete(this.kept.keys().next().value as string);
    this.kept.set(key, { request, answer: null, secretOf: null, atMs: nowMs });
    return null;
  }

  end({ key }: Idempotency, answer: { status: number; body: string }, secretOf: string | null): void {
    const known = this.kept.get(key);
    if (known === undefined) return;
    if (secretOf === null) known.answer = answer;
    else known.secretOf = secretOf;
  }

  /** The request had no effect: its key is free again. */
  forget({ key }: Idempotency): void {
    this.kept.delete(key);
  }
}
