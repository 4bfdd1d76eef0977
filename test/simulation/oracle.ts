import type { GrantedLease } from '../../src-server/plane/grants.ts';
import type { Settled } from '../../src-server/plane/settlement.ts';
import { type SimulatedPlane, SimulationFailure } from './simulated-plane.ts';

/** Remembers the first answer under each idempotency key: a repeated call must say the same, as long as it is on disk. */
export class Oracle {
  private readonly answers = new Map<string, { seq: number; text: string }>();
  private readonly bounds = new Map<string, number>();

  constructor(private readonly plane: SimulatedPlane) {}

  submitted(key: string, seq: number): void {
    this.same(key, seq, String(seq));
  }
  ended(key: string, settled: Settled): void {
    this.same(key, settled.seq, JSON.stringify(settled));
  }
  claimed(key: string, max: number, grants: readonly GrantedLease[]): void {
    this.bounds.set(key, max);
    const first = grants[0];
    if (first !== undefined) this.same(key, first.seq, grants.map((g) => g.lease.leaseId).join());
  }

  /** What a crash took back may be answered anew. */
  forgetAfter(nextSeq: number): void {
    for (const [key, answer] of this.answers) if (answer.seq >= nextSeq) this.answers.delete(key);
  }

  /** No claim got more than it asked for, however often it was sent. */
  check(): void {
    for (const [key, { seqs }] of this.plane.fold.world.keys) {
      const max = this.bounds.get(key);
      if (max !== undefined && seqs.length > max) this.fail(`claim ${key} asked for ${max} and got ${seqs.length}`);
    }
  }

  private same(key: string, seq: number, text: string): void {
    const known = this.answers.get(key);
    if (known === undefined) this.answers.set(key, { seq, text });
    else if (known.text !== text) this.fail(`key ${key} was answered with ${known.text}, then with ${text}`);
  }
  private fail(detail: string): never {
    throw new SimulationFailure([{ invariant: 'I24', seq: -1, detail }]);
  }
}
