import { poolCreate } from '../../src-server/contract/pool.ts';
import { COMPUTE_CLASSES } from '../../src-server/contract/terms.ts';
import type { CommandContext } from '../../src-server/plane/commands/context.ts';
import { endPoolSession } from '../../src-server/plane/commands/end-session.ts';
import { createPool, issuePoolToken, revokePoolToken } from '../../src-server/plane/commands/manage-pool.ts';
import type { SimulatedPlane } from './simulated-plane.ts';
import type { World } from './world.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
/** Others would only make each step dearer. */
const POOLS_MAX = 3;

interface Token {
  token: string;
  tokenId: string;
  poolId: string;
}

/** Pools of the simulated workspace: their tokens, and what operators do to them and to their runners. */
export class Pools {
  /** Every token that was ever shown; some are revoked, and runners try them all the same. */
  private readonly tokens: Token[] = [];
  private counter = 0;

  constructor(
    private readonly world: World,
    private readonly plane: SimulatedPlane,
  ) {}

  /** A token as a runner has it in its settings; null while none was made. */
  anyToken(): string | null {
    return this.tokens.length === 0 ? null : this.world.pick(this.tokens.slice(-4)).token;
  }

  /** Registers a pool and makes the token that its first runners come with. */
  create(): void {
    if (this.counter >= POOLS_MAX) return;
    const { world } = this;
    const request = poolCreate.parse({
      name: `pool-${this.counter++}`,
      side: world.chance(0.2) ? 'byoc' : 'managed',
      compute_classes: world.pick([['cpu-small'], ['cpu-small', 'cpu-medium'], COMPUTE_CLASSES]),
      capacity: world.between(1, 4),
      labels: world.pick([{}, { os: 'linux' }]),
    });
    this.issueAfter((ctx) => createPool(ctx, ACTOR, request).pool.poolId);
  }

  /** One thing that an operator does to a pool. */
  act(): void {
    const { world } = this;
    const dice = world.random.unit();
    if (dice < 0.15) this.create();
    else if (dice < 0.35) this.issue();
    else if (dice < 0.6) this.revoke();
    else this.endSession();
  }

  private issue(): void {
    if (this.tokens.length > 0) this.issueAfter(() => this.world.pick(this.tokens).poolId);
  }

  private issueAfter(poolOf: (ctx: CommandContext) => string): void {
    void this.plane
      .call((ctx) => {
        const poolId = poolOf(ctx);
        const computeClass = this.world.chance(0.3) ? ('cpu-small' as const) : null;
        return issuePoolToken(ctx, ACTOR, poolId, computeClass);
      })
      .then((result) => {
        if (result !== undefined && 'value' in result) this.tokens.push(result.value);
      });
  }

  /** Revokes a token, with those that came by it or without them, and hands out another. */
  private revoke(): void {
    const { world } = this;
    if (this.tokens.length === 0) return;
    const { poolId, tokenId } = world.pick(this.tokens);
    world.fault('pool_token_revoked');
    void this.plane.call((ctx) => revokePoolToken(ctx, ACTOR, poolId, tokenId, null, world.chance(0.5)));
    this.issue();
  }

  private endSession(): void {
    const { world } = this;
    const seats = [...(this.plane.workspace?.engine.hot.fleet.seats.keys() ?? [])];
    if (seats.length === 0) return;
    world.fault('seat_ended');
    void this.plane.call((ctx) => endPoolSession(ctx, ACTOR, world.pick(seats), 'An operator ended it.'));
  }
}
