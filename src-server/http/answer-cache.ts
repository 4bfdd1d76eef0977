import { IDEMPOTENCY_TTL_MS } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Clock } from '../plane/clock.ts';
import type { Idempotency } from '../plane/commands/context.ts';

const ANSWERS_KEPT = 10_000;
/** All answers together, bytes; the oldest go first. */
const ANSWERS_LIMIT_BYTES = 32 * 1024 * 1024;

export interface KeptAnswer {
  status: number;
  body: string;
}
interface Kept {
  request: string;
  answer: KeptAnswer | null;
  /** Set when the answer held a secret: members that say what to reissue instead of repeating it. */
  secretOf: Record<string, string> | null;
  atMs: number;
}

/** Answers of operator actions by their Idempotency-Key, so that a repeat gets the same bytes and has no second effect. */
export class AnswerCache {
  private readonly kept = new Map<string, Kept>();
  private sizeBytes = 0;

  constructor(private readonly clock: Clock) {}

  /**
   * Looks a key up and marks it as running.
   * @returns the earlier answer, or null when this request is the first.
   * @throws ProblemError `idempotency.key_reused`, `idempotency.in_progress`, `idempotency.secret_not_repeatable`.
   */
  begin({ key, request }: Idempotency): KeptAnswer | null {
    const known = this.kept.get(key);
    const nowMs = this.clock.monoMs();
    if (known === undefined || nowMs - known.atMs >= IDEMPOTENCY_TTL_MS) {
      this.drop(key);
      this.kept.set(key, { request, answer: null, secretOf: null, atMs: nowMs });
      this.makeRoom();
      return null;
    }
    if (known.request !== request)
      throw new ProblemError('idempotency.key_reused', 'Use a new Idempotency-Key for another request.');
    if (known.secretOf !== null)
      throw new ProblemError(
        'idempotency.secret_not_repeatable',
        'The secret was shown once. Reissue or create it anew to get another.',
        known.secretOf,
      );
    if (known.answer === null)
      throw new ProblemError('idempotency.in_progress', 'Wait for the first answer, then repeat the request.');
    return known.answer;
  }

  /** @param secretOf set when the answer holds a secret: it is not kept. */
  end({ key }: Idempotency, answer: KeptAnswer, secretOf: Record<string, string> | null): void {
    const known = this.kept.get(key);
    if (known === undefined) return;
    if (secretOf !== null) {
      known.secretOf = secretOf;
      return;
    }
    known.answer = answer;
    this.sizeBytes += answer.body.length;
    this.makeRoom();
  }

  /** The request had no effect: its key is free again. */
  forget({ key }: Idempotency): void {
    this.drop(key);
  }

  private drop(key: string): void {
    this.sizeBytes -= this.kept.get(key)?.answer?.body.length ?? 0;
    this.kept.delete(key);
  }

  private makeRoom(): void {
    for (const key of this.kept.keys()) {
      if (this.kept.size <= ANSWERS_KEPT && this.sizeBytes <= ANSWERS_LIMIT_BYTES) return;
      this.drop(key);
    }
  }
}
