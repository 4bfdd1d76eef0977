import { LIST_LIMIT_MAX } from '../../contract/limits.ts';
import type { Pool, PoolDetail, PoolRunner, PoolToken } from '../../contract/pool.ts';
import { confinementWord } from '../../domain/sources/confinement.ts';
import type { CommandContext } from '../commands/context.ts';
import { type PoolSource, tokensOf } from '../commands/manage-pool.ts';
import type { Engine } from '../engine.ts';
import type { HotPoolToken } from '../hot/pool.ts';
import { classOf, type HotSource } from '../hot/source.ts';
import { seenAgo } from './explain-view.ts';
import { cursorOf } from './page.ts';

/** A row of the pools' list. */
export function poolView(ctx: CommandContext, source: PoolSource): Pool {
  const { online, late, offline, quarantined } = source.pool.byState;
  return {
    pool_id: source.pool.poolId,
    source_id: source.sourceId,
    name: source.name,
    side: source.side,
    kind: source.kind,
    state: source.state,
    compute_classes: [...source.pool.classes],
    capacity: source.capacity,
    offered: source.pool.offered,
    in_use: source.activeLeases.size,
    revoked: source.revoked !== null,
    runners: { online, late, offline, quarantined },
    tokens: tokensOf(ctx, source).filter((t) => t.revokedAt === null).length,
    created_at: source.enrolledAt,
    created_by: source.enrolledBy,
  };
}

/** A pool with its newest tokens and its runners. */
export function poolDetailView(ctx: CommandContext, source: PoolSource): PoolDetail {
  const perToken = new Map<string, number>();
  for (const { seat } of source.pool.seats.values())
    if (seat !== null) perToken.set(seat.tokenId, (perToken.get(seat.tokenId) ?? 0) + 1);
  return {
    ...poolView(ctx, source),
    token_list: tokensOf(ctx, source)
      .slice(0, LIST_LIMIT_MAX)
      .map((t) => tokenView(t, perToken.get(t.tokenId) ?? 0)),
    runner_list: [...source.pool.seats.values()]
      .reverse()
      .slice(0, LIST_LIMIT_MAX)
      .map((seat) => runnerView(ctx.engine, seat)),
  };
}

const tokenView = (token: HotPoolToken, runners: number): PoolToken => ({
  token_id: token.tokenId,
  compute_class: token.computeClass,
  fingerprint: token.sha256.slice(0, 8),
  created_at: token.createdAt,
  created_by: token.createdBy,
  revoked_at: token.revokedAt,
  runners,
});

function runnerView(engine: Engine, seat: HotSource): PoolRunner {
  const session = engine.hot.fleet.sessions.get(seat.sessionId ?? '');
  if (session === undefined || seat.seat === null) throw new Error('a seat without its session');
  return {
    session_id: session.sessionId,
    token_id: seat.seat.tokenId,
    state: session.state,
    health: seat.state,
    health_reason: seat.stateReason,
    compute_class: classOf(seat),
    own_class: seat.ownClass,
    labels: seat.labels,
    confined: confinementWord(seat.posture),
    offered: seat.offered,
    in_use: seat.activeLeases.size,
    seen_ms_ago: seenAgo(engine, seat),
    registered_at: session.registeredAt,
    platform: session.facts.platform,
    arch: session.facts.arch,
    runner_version: session.facts.runner_version,
  };
}

/** One page of pools by name. */
export function listPoolsView(
  ctx: CommandContext,
  query: { cursor?: string | undefined; limit: number },
): { items: Pool[]; next_cursor: string | null } {
  const all = [...ctx.engine.hot.fleet.sources.values()]
    .filter((s): s is PoolSource => s.pool !== null)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.sourceId < b.sourceId ? -1 : 1));
  const after = query.cursor === undefined ? -1 : all.findIndex((s) => cursorOf(s.sourceId) === query.cursor);
  const shown = all.slice(after + 1, after + 1 + query.limit);
  const last = shown.at(-1);
  return {
    items: shown.map((s) => poolView(ctx, s)),
    next_cursor: after + 1 + shown.length < all.length && last !== undefined ? cursorOf(last.sourceId) : null,
  };
}
