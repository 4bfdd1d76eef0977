import { ProblemError } from '../../contract/problems.ts';
import type { Engine } from '../engine.ts';
import { openPast, type PastParts } from './open-past.ts';

/** Past states that stay open: each is a whole database in memory. */
const KEPT = 2;
/** Questions that wait for their turn; more are refused. */
const WAITING_MAX = 8;

/** Past moments of one workspace: one is opened at a time, and the last few stay open. */
export class PastStates {
  /** Oldest use first. */
  private readonly open = new Map<number, Engine>();
  private turn: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  constructor(private readonly parts: PastParts) {}

  /**
   * Answers from the workspace right after entry `at`.
   * @param query runs at once on the past engine and keeps nothing of it.
   * @throws ProblemError `not_found` past the end of the log, `rate.limited` when too many wait.
   */
  async read<T>(at: number, query: (past: Engine) => T): Promise<T> {
    const next = this.parts.live.log.nextSeq;
    if (at >= next) throw new ProblemError('not_found', `There is no entry ${at}; the newest is ${next - 1}.`);
    if (this.waiting >= WAITING_MAX)
      throw new ProblemError('rate.limited', 'Too many past moments are being opened. Try again in a second.', {
        retry_after_ms: 1_000,
      });
    this.waiting++;
    const answer = this.turn.then(async () => query(await this.at(at)));
    this.turn = answer.then(
      () => this.waiting--,
      () => this.waiting--,
    );
    return answer;
  }

  private async at(at: number): Promise<Engine> {
    const past = this.open.get(at) ?? (await openPast(this.parts, at));
    this.open.delete(at);
    this.open.set(at, past);
    for (const [seq, old] of this.open) {
      if (this.open.size <= KEPT) break;
      this.open.delete(seq);
      old.state.close();
    }
    return past;
  }
}
