import { hash as digest } from 'node:crypto';
import { NONCE_TTL_MS, SESSION_TOKEN_TTL_MS } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import { makeCredential } from '../domain/credentials/format.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

interface Token {
  sessionId: string;
  expiresMs: number;
  /** Set on a token that has a successor: it dies when the successor is first used. */
  successor: string | null;
  isUsed: boolean;
}
const hash = (token: string): string => digest('sha256', token, 'hex');
const SESSION_PREFIX = 'ccs';

/**
 * Session tokens and nonces. Both live in memory only: after a restart every runner shows its key again and gets a new
 * token, so a copy of the data directory holds no way in.
 */
export class RuntimeTokens {
  private readonly tokens = new Map<string, Token>();
  private readonly newest = new Map<string, string>();
  private readonly nonces = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  /** A new token of a session; the one before stays good until this one is first used. */
  issue(sessionId: string): string {
    const token = makeCredential(SESSION_PREFIX, () => this.random.integer(62));
    const key = hash(token);
    const before = this.newest.get(sessionId);
    const older = before === undefined ? undefined : this.tokens.get(before);
    if (older !== undefined) older.successor = key;
    this.tokens.set(key, {
      sessionId,
      expiresMs: this.clock.monoMs() + SESSION_TOKEN_TTL_MS,
      successor: null,
      isUsed: false,
    });
    this.newest.set(sessionId, key);
    return token;
  }

  /**
   * The session behind a token.
   * @throws ProblemError `session.expired` past its 15 minutes, after its successor's first use, or when it is unknown.
   */
  sessionOf(token: string): string {
    const key = hash(token);
    const known = this.tokens.get(key);
    if (known === undefined || known.expiresMs <= this.clock.monoMs() || this.isReplaced(known)) {
      throw new ProblemError(
        'session.expired',
        'Claim again with `register` and the header `Authorization: Runner <session_id>`; the runner does this by itself.',
      );
    }
    if (!known.isUsed) {
      known.isUsed = true;
      for (const [otherKey, other] of this.tokens) if (other.successor === key) this.tokens.delete(otherKey);
    }
    return known.sessionId;
  }

  /** True once a call came with a token of this session: its credential is then used up for good. */
  wasUsed(sessionId: string): boolean {
    const key = this.newest.get(sessionId);
    return key !== undefined && (this.tokens.get(key)?.isUsed ?? false);
  }

  /** Ends every token of a session. */
  drop(sessionId: string): void {
    for (const [key, token] of this.tokens) if (token.sessionId === sessionId) this.tokens.delete(key);
    this.newest.delete(sessionId);
  }

  /** A nonce for a proof: good once, for 60 s. */
  nonce(): string {
    this.forgetOldNonces();
    const nonce = Buffer.from(this.random.bytes(24)).toString('base64url');
    this.nonces.set(nonce, this.clock.monoMs() + NONCE_TTL_MS);
    return nonce;
  }

  /** Uses a nonce up. @returns false when it was made up, used before or too old. */
  takeNonce(nonce: string): boolean {
    const expiresMs = this.nonces.get(nonce);
    this.nonces.delete(nonce);
    return expiresMs !== undefined && expiresMs > this.clock.monoMs();
  }

  private isReplaced(token: Token): boolean {
    return token.successor !== null && (this.tokens.get(token.successor)?.isUsed ?? true);
  }

  private forgetOldNonces(): void {
    const nowMs = this.clock.monoMs();
    for (const [nonce, expiresMs] of this.nonces) {
      if (expiresMs > nowMs) break;
      this.nonces.delete(nonce);
    }
    for (const [key, token] of this.tokens) {
      if (token.expiresMs > nowMs) break;
      this.tokens.delete(key);
      if (this.newest.get(token.sessionId) === key) this.newest.delete(token.sessionId);
    }
  }
}
