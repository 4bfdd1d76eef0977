import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { ClaimRequest, CompleteRequest, Register } from '../contract/runtime.ts';
import type { Posture } from '../contract/source.ts';
import type { RunnerOutcome } from '../contract/terms.ts';
import { claimant, claimWork } from '../plane/commands/claim-work.ts';
import { endAttempt } from '../plane/commands/end-attempt.ts';
import type { IssuedCredential } from '../plane/commands/enroll-source.ts';
import { registerRunner } from '../plane/commands/register-seat.ts';
import { returnByKey } from '../plane/commands/register-session.ts';
import { beat, sign as signOfLife } from '../plane/commands/sign-of-life.ts';
import { startAttempt } from '../plane/commands/start-attempt.ts';
import { shortHash } from '../plane/engine.ts';
import type { GrantedLease } from '../plane/grants.ts';
import { renewNamed } from '../plane/leases.ts';
import type { Random } from '../plane/random.ts';
import type { Workspace } from '../plane/workspace.ts';

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A runner of the demo and of tests: it speaks to the plane's commands as the HTTP rim does, with real keys and proofs. */
export class VirtualRunner {
  sessionId = '';
  private readonly key: KeyObject;
  private claims = 0;

  constructor(
    private readonly workspace: Workspace,
    readonly name: string,
    random: Random,
    private readonly hardware: {
      cpuCount: number;
      memoryGib: number;
      capacity: number;
      posture?: Posture;
      labels?: Record<string, string>;
    } = {
      cpuCount: 2,
      memoryGib: 8,
      capacity: 1,
    },
  ) {
    const seed = Buffer.from(random.bytes(32));
    this.key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
  }

  private get publicKey(): string {
    return createPublicKey(this.key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64');
  }

  private register(nonce: string, message: string): Register {
    return {
      contract: 1,
      public_key: this.publicKey,
      nonce,
      proof: sign(null, Buffer.from(message), this.key).toString('base64'),
      platform: 'linux',
      arch: 'x64',
      cpu_count: this.hardware.cpuCount,
      memory_bytes: this.hardware.memoryGib * 1024 ** 3,
      node_version: 'v20.20.0',
      runner_version: '0.1.0',
      posture: this.hardware.posture ?? {},
      ...(this.hardware.labels === undefined ? {} : { labels: this.hardware.labels }),
    };
  }

  /** Registers with a one-time credential, or with the registration token of a pool. */
  async connect(credential: Pick<IssuedCredential, 'credential'>): Promise<void> {
    const nonce = this.workspace.ctx.tokens.nonce();
    const hash = createHash('sha256').update(credential.credential).digest('hex');
    const body = this.register(nonce, `connected-compute/register/v1\n${nonce}\n${hash}`);
    const registered = await this.workspace.run((ctx) =>
      registerRunner(ctx, credential.credential, body, this.hardware.capacity),
    );
    this.sessionId = registered.session.sessionId;
  }

  /** Comes back with its key after silence or a restart of the plane. */
  async comeBack(): Promise<void> {
    const nonce = this.workspace.ctx.tokens.nonce();
    const body = this.register(nonce, `connected-compute/session/v1\n${this.sessionId}\n${nonce}`);
    await this.workspace.run((ctx) => returnByKey(ctx, this.sessionId, body, this.hardware.capacity));
  }

  /** Claims what is there now. */
  async claim(max = 1): Promise<GrantedLease[]> {
    const { request, idempotency } = this.nextClaim(max, 0);
    const outcome = await this.workspace.run((ctx) =>
      claimWork(ctx, claimant(ctx, this.sessionId), request, idempotency),
    );
    return outcome.grants;
  }

  /** Opens a poll that is answered when work comes. */
  poll(waitMs: number, max = 1): Promise<GrantedLease[]> {
    const { request, idempotency } = this.nextClaim(max, waitMs);
    return this.workspace
      .claim(claimant(this.workspace.ctx, this.sessionId), request, idempotency)
      .then((o) => o.grants);
  }

  start(lease: GrantedLease): Promise<ReturnType<typeof startAttempt>> {
    return this.workspace.run((ctx) => startAttempt(ctx, this.sessionId, lease.lease.leaseId, lease.lease.fence));
  }

  /** One heartbeat that renews the named leases, and says what each has cost so far. */
  heartbeat(leases: GrantedLease[], costMcu?: number): Promise<ReturnType<typeof renewNamed>> {
    return this.workspace.run((ctx) => {
      const { source } = claimant(ctx, this.sessionId);
      signOfLife(ctx.engine, source);
      beat(ctx.engine, source);
      return renewNamed(
        ctx.engine,
        this.sessionId,
        leases.map(({ lease }) => ({
          lease_id: lease.leaseId,
          fence: lease.fence,
          ...(costMcu === undefined ? {} : { cost_mcu: costMcu }),
        })),
        ctx.wakeups,
      );
    });
  }

  complete(
    lease: GrantedLease,
    outcome: RunnerOutcome = 'succeeded',
    exitCode: number | null = outcome === 'succeeded' ? 0 : 1,
  ): Promise<ReturnType<typeof endAttempt>> {
    const body: CompleteRequest = {
      fence: lease.lease.fence,
      outcome,
      exit_code: exitCode,
      extras_mcu: 0,
      usage: { runtime_ms: Number.MAX_SAFE_INTEGER },
      outputs: [],
      refused_outputs: [],
    };
    return this.workspace.run((ctx) =>
      endAttempt(
        ctx,
        this.sessionId,
        lease.lease.leaseId,
        body,
        'complete',
        { output: null, artifacts: [], runReceipt: null },
        null,
      ),
    );
  }

  private nextClaim(
    max: number,
    waitMs: number,
  ): { request: ClaimRequest; idempotency: { key: string; request: string } } {
    const request = { capacity: this.hardware.capacity, wait_ms: waitMs, max };
    return {
      request,
      idempotency: {
        key: shortHash(this.sessionId, `claim-${this.claims++}`),
        request: shortHash(JSON.stringify(request)),
      },
    };
  }
}
