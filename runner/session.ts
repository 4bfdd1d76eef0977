import type { Clock } from './clock.ts';
import { PlaneProblem, PlaneUnreachable, RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { SourceFacts } from './facts.ts';
import { greet } from './hello.ts';
import { followKey, type Identity } from './identity.ts';
import { GIVEN_UP, type PlaneAnswer, type PlaneClient, type PlaneRequest } from './plane-client.ts';
import { returnByKey } from './registration.ts';
import type { SessionGrant } from './wire.ts';

/**
 * A live session: the token lives here, in memory only. A token that the plane no longer knows is replaced by a return
 * with the key. After any lost connection the plane proves its key again before it is sent the token, because another
 * program may have taken its port.
 */
export class Session {
  #token: string | null = null;
  #tokenSinceMonoMs = 0;
  #isProven = false;
  #readying: Promise<void> | null = null;
  #grant: SessionGrant | null = null;

  constructor(
    readonly identity: Identity,
    readonly client: PlaneClient,
    private readonly facts: SourceFacts,
    readonly capacity: number,
    private readonly clock: Clock,
  ) {}

  /** The plane's last answer to a registration. */
  get grant(): SessionGrant | null {
    return this.#grant;
  }

  /** Age of the token in monotonic milliseconds. */
  tokenAgeMs(): number {
    return this.clock.now().monoMs - this.#tokenSinceMonoMs;
  }

  /** Takes the successor that a heartbeat answered. */
  adoptToken(token: string): void {
    this.#token = token;
    this.#tokenSinceMonoMs = this.clock.now().monoMs;
  }

  /** Comes back with the key, whatever token there is. */
  async open(): Promise<SessionGrant> {
    this.#token = null;
    await this.#ready();
    return this.#grant as SessionGrant;
  }

  /** Sends with the token. Throws PlaneUnreachable, PlaneProblem, or RunnerError when the session is over (76, 77). */
  async send(request: PlaneRequest): Promise<PlaneAnswer> {
    return this.#authorized(request, (authorized) => this.client.send(authorized));
  }

  /** Downloads with the token. */
  async download(request: PlaneRequest, sink: (chunk: Buffer) => Promise<void>): Promise<void> {
    return this.#authorized(request, (authorized) => this.client.download(authorized, sink));
  }

  async #authorized<T>(request: PlaneRequest, run: (request: PlaneRequest) => Promise<T>): Promise<T> {
    for (let isRepeat = false; ; isRepeat = true) {
      await this.#ready();
      const token = this.#token;
      try {
        return await run({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
      } catch (error) {
        if (error instanceof PlaneUnreachable && error.reason !== GIVEN_UP) this.#isProven = false;
        if (!(error instanceof PlaneProblem)) throw error;
        if (error.code === 'runner.revoked') throw new RunnerError(EXIT.notPermitted, error.detail);
        if (error.status !== 401 || isRepeat) throw error;
        // Another call may have replaced the token meanwhile; only the one that was refused is dropped.
        if (this.#token === token) this.#token = null;
      }
    }
  }

  #ready(): Promise<void> {
    if (this.#token !== null && this.#isProven) return Promise.resolve();
    this.#readying ??= this.#makeReady().finally(() => {
      this.#readying = null;
    });
    return this.#readying;
  }

  async #makeReady(): Promise<void> {
    const { client, identity } = this;
    if (this.#token === null) {
      const { planeKey, privateKey, sessionId } = identity;
      const registrant = { client, planeKey, privateKey, facts: this.facts, capacity: this.capacity };
      const grant = await returnByKey(registrant, sessionId);
      if (grant.session_id !== sessionId) {
        throw new RunnerError(
          EXIT.notPermitted,
          `The plane answered with session ${grant.session_id}, not ${sessionId}.`,
        );
      }
      followKey(identity, grant.plane_public_key);
      this.#grant = grant;
      this.adoptToken(grant.session_token);
    } else {
      followKey(identity, (await greet(client, identity.planeKey)).planePublicKey);
    }
    this.#isProven = true;
  }
}
