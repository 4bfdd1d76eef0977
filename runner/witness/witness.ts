import type { Clock } from '../clock.ts';
import { PlaneProblem, PlaneUnreachable, RunnerError } from '../errors.ts';
import { EXIT } from '../exit-codes.ts';
import type { Identity } from '../identity.ts';
import type { PlaneAnswer, PlaneRequest } from '../plane-client.ts';
import { answerOf } from '../wire.ts';
import { type Checkpoint, cosignatureLine, openCheckpoint } from './checkpoint-note.ts';
import { isContinued } from './consistency.ts';

/**
 * Between two looks at the log while work is asked for. The first look comes before the first claim; a claim within this
 * time of one does not look, so that the log costs a busy runner two requests a minute.
 */
export const LOOK_EVERY_MS = 60_000;
const PATH = '/api/v1/runtime/witness';
const HASH_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

export interface WitnessDependencies {
  identity: Identity;
  send: (request: PlaneRequest) => Promise<PlaneAnswer>;
  clock: Clock;
}

/**
 * This runner's memory of the plane's log: the last checkpoint it saw, kept over restarts. Whatever the plane shows later
 * has to continue it. A plane that rewrote its log, or went back to an older copy of it, gets no more work done here.
 */
export class Witness {
  #nextLookMonoMs = Number.NEGATIVE_INFINITY;
  #cosignedSize = -1;

  constructor(private readonly dependencies: WitnessDependencies) {}

  /**
   * Looks at the log when a look is due. A plane that does not answer is looked at again before the next claim.
   * @throws RunnerError 76 when the log does not continue what was seen, 65 when the memory of it is damaged.
   */
  async look(): Promise<void> {
    const { clock } = this.dependencies;
    if (clock.now().monoMs < this.#nextLookMonoMs) return;
    try {
      await this.#lookNow();
    } catch (error) {
      // The claim that follows meets the same silence; the look is made up for before the next one.
      if (error instanceof PlaneUnreachable) return;
      if (!(error instanceof PlaneProblem)) throw error;
    }
    this.#nextLookMonoMs = clock.now().monoMs + LOOK_EVERY_MS;
  }

  async #lookNow(): Promise<void> {
    const { identity } = this.dependencies;
    const seen = this.#lastSeen();
    const shown = await this.#ask(seen);
    if (shown === null) return;
    const { checkpoint, consistency } = shown;
    if (seen !== null) this.#compare(seen, checkpoint, consistency);
    // Remembered first: what was cosigned must never be forgotten.
    if (seen === null || checkpoint.size > seen.size) identity.stateDir.writeCheckpoint(shown.note);
    await this.#cosign(checkpoint);
  }

  /** A checkpoint that the plane's key signed, or one that it had before. */
  #open(note: string): Checkpoint | null {
    const { planePublicKey, earlierPlaneKeys } = this.dependencies.identity;
    for (const key of [planePublicKey, ...earlierPlaneKeys]) {
      const checkpoint = openCheckpoint(note, key);
      if (checkpoint !== null) return checkpoint;
    }
    return null;
  }

  #lastSeen(): Checkpoint | null {
    const { stateDir } = this.dependencies.identity;
    const note = stateDir.readCheckpoint();
    if (note === null) return null;
    const seen = this.#open(note);
    if (seen === null)
      throw new RunnerError(
        EXIT.data,
        `${stateDir.checkpointPath} is damaged. Remove ${stateDir.path} and enroll again.`,
      );
    return seen;
  }

  async #ask(
    seen: Checkpoint | null,
  ): Promise<{ note: string; checkpoint: Checkpoint; consistency: unknown[] } | null> {
    const { send } = this.dependencies;
    let answer: PlaneAnswer;
    try {
      answer = await send({ method: 'GET', path: `${PATH}?size=${seen?.size ?? 0}` });
    } catch (error) {
      // Before its first checkpoint a log has none to show; after one that was seen, it must.
      const hasNone = error instanceof PlaneProblem && (error.status === 404 || error.status === 422);
      if (!hasNone) throw error;
      if (seen === null) return null;
      throw refused(`This runner saw its log with ${seen.size} entries, and it shows none now.`);
    }
    const { checkpoint: note, consistency } = answerOf<{ checkpoint: string; consistency: unknown[] }>(
      answer.json,
      'witness',
      { checkpoint: 'string', consistency: 'array' },
    );
    const checkpoint = this.#open(note);
    if (checkpoint === null) throw refused('The checkpoint of its log is not signed by the pinned plane key.');
    return { note, checkpoint, consistency };
  }

  #compare(seen: Checkpoint, now: Checkpoint, consistency: unknown[]): void {
    if (now.origin !== seen.origin) throw refused(`It shows the log ${now.origin}, this runner knows ${seen.origin}.`);
    if (now.size < seen.size)
      throw refused(`Its log was rolled back: this runner saw ${seen.size} entries, it shows ${now.size} now.`);
    const proof = consistency.map((hash) => {
      if (typeof hash !== 'string' || !HASH_BASE64.test(hash))
        throw refused('Its proof of consistency cannot be read.');
      return Buffer.from(hash, 'base64');
    });
    if (!isContinued(seen, now, proof))
      throw refused(
        `Its log was rewritten: the ${seen.size} entries that this runner saw are not the ones it has now.`,
      );
  }

  async #cosign(checkpoint: Checkpoint): Promise<void> {
    if (checkpoint.size === this.#cosignedSize) return;
    const { send, clock, identity } = this.dependencies;
    const cosignature = cosignatureLine(checkpoint, identity.sessionId, identity.privateKey, clock.now().wallMs);
    await send({ method: 'POST', path: PATH, json: { checkpoint_size: checkpoint.size, cosignature } });
    this.#cosignedSize = checkpoint.size;
  }
}

const refused = (what: string): RunnerError =>
  new RunnerError(
    EXIT.planeNotTrusted,
    `The control plane is not trusted any more. ${what} Nothing more is run for it; ask its operator what happened.`,
  );
