import { type Ask, compareAsks } from '../../domain/routing/rank-asks.ts';
import type { GrantedLease } from '../grants.ts';

/** One open poll: a session that asks for work and waits. */
export interface OpenAsk {
  sessionId: string;
  sourceId: string;
  profileId: number;
  max: number;
  classes: readonly string[] | null;
  /** Answers the poll: grants, or an empty list when it ended without. */
  answer(grants: readonly GrantedLease[]): void;
  /** Key and request hash of the claim, so that its grants can be handed out again. */
  idempotency: { key: string; request: string } | null;
}

/** Open polls by session; one each. */
export class Asks {
  private readonly bySession = new Map<string, OpenAsk>();
  private readonly byProfile = new Map<number, Set<OpenAsk>>();

  get size(): number {
    return this.bySession.size;
  }

  /** A second poll of a session takes over: the older one is answered with nothing. */
  open(ask: OpenAsk): void {
    this.take(ask.sessionId)?.answer([]);
    this.bySession.set(ask.sessionId, ask);
    this.list(ask);
  }

  /** What the session offers has another profile from here on, by a new label or an admission. */
  move(sessionId: string, profileId: number): void {
    const ask = this.bySession.get(sessionId);
    if (ask === undefined) return;
    this.unlist(ask);
    ask.profileId = profileId;
    this.list(ask);
  }

  get(sessionId: string): OpenAsk | undefined {
    return this.bySession.get(sessionId);
  }

  /** Removes and returns the poll of a session. */
  take(sessionId: string): OpenAsk | undefined {
    const ask = this.bySession.get(sessionId);
    if (ask === undefined) return undefined;
    this.bySession.delete(sessionId);
    this.unlist(ask);
    return ask;
  }

  private list(ask: OpenAsk): void {
    let same = this.byProfile.get(ask.profileId);
    if (same === undefined) {
      same = new Set();
      this.byProfile.set(ask.profileId, same);
    }
    same.add(ask);
  }

  private unlist(ask: OpenAsk): void {
    const same = this.byProfile.get(ask.profileId);
    same?.delete(ask);
    if (same?.size === 0) this.byProfile.delete(ask.profileId);
  }

  /** Polls of these profiles in the order of their rank, as `rankOf` sees them; `rankOf` leaves out what cannot take the job. */
  ranked(profileIds: Iterable<number>, rankOf: (ask: OpenAsk) => Ask | null): { ask: OpenAsk; rank: Ask }[] {
    const found: { ask: OpenAsk; rank: Ask }[] = [];
    for (const profileId of profileIds) {
      for (const ask of this.byProfile.get(profileId) ?? []) {
        const rank = rankOf(ask);
        if (rank !== null) found.push({ ask, rank });
      }
    }
    return found.sort((a, b) => compareAsks(a.rank, b.rank));
  }

  all(): OpenAsk[] {
    return [...this.bySession.values()];
  }
}
