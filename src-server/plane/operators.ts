import { createHash } from 'node:crypto';
import { SIGN_IN_CODE_TTL_MS, SIGN_IN_SESSION_TTL_MS } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import type { Role } from '../contract/terms.ts';
import { makeCredential } from '../domain/credentials/format.ts';
import type { Clock } from './clock.ts';
import { fileProblem } from './files/file-problem.ts';
import type { SignInStore } from './files/kept-sign-ins.ts';
import type { PlaneLog } from './plane-log.ts';
import type { Random } from './random.ts';

export interface Operator {
  operatorId: string;
  name: string;
  role: Role;
}
export interface OperatorRecord extends Operator {
  tokenSha256: string;
  createdAt: string;
  revokedAt: string | null;
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const BROWSER_KEY_BYTES = 32;

/** Who may operate this plane, and which browsers are signed in. Operators are entries of the plane's own log. */
export class Operators {
  private readonly codes = new Map<string, { operatorId: string; expiresMs: number }>();
  private readonly browsers = new Map<string, { operatorId: string; keySha256: string; expiresMs: number }>();
  /** Operators of this launch only (the desktop's OS user): known by token, in no log. */
  private readonly transient = new Map<string, Operator>();

  /** @param store where signed-in browsers outlive a restart; without one they do not. */
  constructor(
    private readonly log: PlaneLog,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly store: SignInStore | null = null,
  ) {
    for (const { cookieSha256, keySha256, operatorId, expiresWallMs } of store?.read() ?? []) {
      // A wall clock that was set back must not make a sign-in last longer than one.
      const leftMs = Math.min(SIGN_IN_SESSION_TTL_MS, expiresWallMs - clock.wallMs());
      if (leftMs > 0 && this.log.operators.get(operatorId)?.revokedAt === null)
        this.browsers.set(cookieSha256, { operatorId, keySha256, expiresMs: clock.monoMs() + leftMs });
    }
  }

  all(): OperatorRecord[] {
    return [...this.log.operators.values()];
  }

  newToken(): string {
    return makeCredential('cco', () => this.random.integer(62));
  }

  create(actor: string, name: string, role: Role): Promise<OperatorRecord & { token: string }> {
    return this.log.inTurn(() => this.add(actor, name, role));
  }

  revoke(actor: string, operatorId: string): Promise<OperatorRecord> {
    return this.log.inTurn(() => this.end(actor, operatorId));
  }

  /** A new token for the admin of this name: the old one, which nobody has any more, stops working. */
  renewAdmin(name: string): Promise<OperatorRecord & { token: string }> {
    return this.log.inTurn(async () => {
      const before = this.all().find((o) => o.name === name && o.revokedAt === null);
      if (before !== undefined) await this.log.revokeOperator('plane', before.operatorId);
      return this.add('plane', name, 'admin');
    });
  }

  /**
   * An operator for this launch; the token is kept by its maker and dies with the process.
   * @param operatorId another one of the same name and person that can be dismissed alone
   */
  admit(name: string, role: Role, operatorId = `os_${name}`): { operator: Operator; token: string } {
    const token = this.newToken();
    const operator = { operatorId, name, role };
    this.transient.set(sha256(token), operator);
    return { operator, token };
  }

  /** Ends an operator of this launch: the token, and the browsers that were signed in with it. */
  dismiss(operatorId: string): void {
    for (const [hash, operator] of this.transient) if (operator.operatorId === operatorId) this.transient.delete(hash);
    this.forgetSignIns(operatorId);
  }

  /** The operator behind a bearer; null when it is unknown or revoked. */
  authenticate(token: string): Operator | null {
    const hash = sha256(token);
    const known = this.transient.get(hash);
    if (known !== undefined) return known;
    return this.live(this.all().find((o) => o.tokenSha256 === hash)?.operatorId);
  }

  /** A code for one sign-in, good for 5 minutes. */
  signInCode(operatorId: string): string {
    const nowMs = this.clock.monoMs();
    for (const held of [this.browsers, this.codes])
      for (const [key, { expiresMs }] of held) if (expiresMs <= nowMs) held.delete(key);
    const code = this.random.bytes(24).toString('base64url');
    this.codes.set(sha256(code), { operatorId, expiresMs: this.clock.monoMs() + SIGN_IN_CODE_TTL_MS });
    return code;
  }

  /** Trades a code for a browser session; null when it is used up, expired or made up. */
  redeem(code: string): { cookie: string; sessionKey: string } | null {
    const hash = sha256(code);
    const found = this.codes.get(hash);
    this.codes.delete(hash);
    if (found === undefined || found.expiresMs <= this.clock.monoMs()) return null;
    const cookie = this.random.bytes(BROWSER_KEY_BYTES).toString('base64url');
    const sessionKey = this.random.bytes(BROWSER_KEY_BYTES).toString('base64url');
    this.browsers.set(sha256(cookie), {
      operatorId: found.operatorId,
      keySha256: sha256(sessionKey),
      expiresMs: this.clock.monoMs() + SIGN_IN_SESSION_TTL_MS,
    });
    try {
      this.keep();
    } catch {
      // On a full disk the console must still open: this browser is signed in until the plane stops, and no longer.
    }
    return { cookie, sessionKey };
  }

  /** The operator of a browser; both halves are needed. */
  signedIn(cookie: string, sessionKey: string): Operator | null {
    const browser = this.browsers.get(sha256(cookie));
    if (browser === undefined || browser.expiresMs <= this.clock.monoMs() || browser.keySha256 !== sha256(sessionKey))
      return null;
    return this.live(browser.operatorId);
  }

  /** @throws ProblemError `storage.full`, `storage.failed`: out of this process, and perhaps back after a restart of it. */
  signOut(cookie: string): void {
    if (!this.browsers.delete(sha256(cookie))) return;
    try {
      this.keep();
    } catch (error) {
      throw fileProblem(error);
    }
  }

  /** Those of operators that a log knows; an operator of this launch only ends with it, and its browsers too. */
  private keep(): void {
    const nowMs = this.clock.monoMs();
    const wallMs = this.clock.wallMs();
    this.store?.write(
      [...this.browsers]
        .filter(([, { operatorId, expiresMs }]) => expiresMs > nowMs && this.log.operators.has(operatorId))
        .map(([cookieSha256, { operatorId, keySha256, expiresMs }]) => ({
          cookieSha256,
          keySha256,
          operatorId,
          expiresWallMs: wallMs + expiresMs - nowMs,
        })),
    );
  }

  private async add(actor: string, name: string, role: Role): Promise<OperatorRecord & { token: string }> {
    if (this.all().some((o) => o.name === name && o.revokedAt === null)) {
      throw new ProblemError(
        'conflict.state',
        `An operator named ${name} exists; the name is what the log says. Choose another.`,
      );
    }
    const token = this.newToken();
    const record = await this.log.addOperator(actor, name, role, sha256(token));
    return { ...record, token };
  }

  private async end(actor: string, operatorId: string): Promise<OperatorRecord> {
    const record = this.log.operators.get(operatorId);
    if (record === undefined) throw new ProblemError('not_found', `There is no operator ${operatorId}.`);
    if (record.revokedAt !== null) return record;
    const admins = this.all().filter((o) => o.role === 'admin' && o.revokedAt === null);
    if (record.role === 'admin' && admins.length === 1)
      throw new ProblemError('conflict.state', 'The last admin cannot be revoked. Add another first.');
    await this.log.revokeOperator(actor, operatorId);
    this.forgetSignIns(operatorId);
    return this.log.operators.get(operatorId) as OperatorRecord;
  }

  private forgetSignIns(operatorId: string): void {
    for (const held of [this.browsers, this.codes])
      for (const [key, { operatorId: holder }] of held) if (holder === operatorId) held.delete(key);
  }

  private live(operatorId: string | undefined): Operator | null {
    if (operatorId === undefined) return null;
    const record = this.log.operators.get(operatorId);
    if (record !== undefined) return record.revokedAt === null ? record : null;
    return [...this.transient.values()].find((o) => o.operatorId === operatorId) ?? null;
  }
}
