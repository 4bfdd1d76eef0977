import type { KeyObject } from 'node:crypto';
import type { ActionFacts } from '../../src-server/contract/agent.ts';
import { Backoff } from '../backoff.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { sha256Hex, signMessage } from '../ed25519.ts';
import { PlaneProblem, PlaneUnreachable } from '../errors.ts';
import type { Chance } from '../ids.ts';
import type { PlaneAnswer, PlaneRequest } from '../plane-client.ts';

const BACKOFF = { baseMs: 200, capMs: 5_000 };

export interface RecorderDependencies {
  send: (request: PlaneRequest) => Promise<PlaneAnswer>;
  clock: Clock;
  chance: Chance;
  privateKey: KeyObject;
  /** Ends the tries. */
  signal: AbortSignal;
  onSuperseded: (detail: string) => void;
}

/** What the calls of an attempt came to, as its run receipt tells it. */
export interface ActionTally {
  count: number;
  cost_mcu: number;
  chain: string;
}

/** Makes each call an entry of the log, chained to the one before it and signed, before the agent hears its result. */
export class ActionRecorder {
  #tally: ActionTally = { count: 0, cost_mcu: 0, chain: '' };

  constructor(
    private readonly lease: { leaseId: string; fence: number },
    private readonly dependencies: RecorderDependencies,
  ) {}

  /** What the plane acknowledged. */
  get tally(): Readonly<ActionTally> {
    return this.#tally;
  }

  /**
   * Resolves when it is on the plane's disk. Rejects when the plane will not have it or the tries were ended; also when its
   * lease was over, though the plane keeps it then, as late.
   */
  async record(facts: Omit<ActionFacts, 'n'>): Promise<void> {
    const { leaseId, fence } = this.lease;
    const action: ActionFacts = { n: this.#tally.count + 1, ...facts };
    const place = { lease_id: leaseId, fence, after: this.#tally.chain };
    const chain = sha256Hex(canonicalJson({ ...place, action }));
    const signature = signMessage(this.dependencies.privateKey, `connected-compute/action/v1\n${chain}`);
    const kept = (): void => {
      this.#tally = { count: action.n, cost_mcu: this.#tally.cost_mcu + action.cost_mcu, chain };
    };
    try {
      await this.#insist({
        method: 'POST',
        path: `/api/v1/runtime/leases/${leaseId}/actions`,
        json: { fence, action, chain, signature },
      });
    } catch (error) {
      if (error instanceof PlaneProblem && typeof error.members.kept_seq === 'number') kept();
      throw error;
    }
    kept();
  }

  async #insist(request: PlaneRequest): Promise<void> {
    const { send, clock, chance, signal, onSuperseded } = this.dependencies;
    const backoff = new Backoff(BACKOFF, chance);
    for (;;) {
      try {
        await send({ ...request, signal });
        return;
      } catch (error) {
        if (error instanceof PlaneProblem && error.code === 'conflict.lease_superseded') onSuperseded(error.detail);
        const isPassing =
          error instanceof PlaneUnreachable ||
          (error instanceof PlaneProblem && (error.retryable || error.status === 401));
        if (!isPassing || signal.aborted) throw error;
        await clock.sleep(backoff.nextMs(), signal);
      }
    }
  }
}
