import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type RunRecord, runReceipt, UNCONFINED } from '../../runner/receipt.ts';
import type { Dsse } from '../../src-server/contract/primitives.ts';
import type { RouteId } from '../../src-server/contract/routes.ts';
import type { CallOptions, CheckedAnswer } from './checked-call.ts';
import type { PlaneUnderTest } from './plane-under-test.ts';

const RAW_KEY_BYTES = 32;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The wire half of a runner: it proves itself, claims and writes, and can be told to do each of these wrongly. */
export class RunnerUnderTest {
  private readonly key: KeyObject = generateKeyPairSync('ed25519').privateKey;
  sessionId = '';
  token = '';

  constructor(
    private readonly plane: Pick<PlaneUnderTest, 'call' | 'key'>,
    readonly sourceId: string,
  ) {}

  get publicKey(): string {
    const der = createPublicKey(this.key).export({ format: 'der', type: 'spki' });
    return der.subarray(der.length - RAW_KEY_BYTES).toString('base64');
  }

  /** What this runner's key signs, byte for byte. */
  signBytes(bytes: Uint8Array): Buffer {
    return sign(null, bytes, this.key);
  }

  prove(message: string): string {
    return sign(null, Buffer.from(message), this.key).toString('base64');
  }

  async hello(): Promise<string> {
    const clientNonce = randomBytes(32).toString('base64url');
    const answer = await this.plane.call('hello', { bearer: null, body: { client_nonce: clientNonce } });
    if (answer.status !== 200) throw new Error(`hello was refused: ${answer.text}`);
    return answer.json.nonce as string;
  }

  register(nonce: string, proof: string, more: Record<string, unknown> = {}): Record<string, unknown> {
    return {
      contract: 1,
      public_key: this.publicKey,
      nonce,
      proof,
      platform: 'linux',
      arch: 'x64',
      cpu_count: 4,
      memory_bytes: 8 * 2 ** 30,
      node_version: '20.20.0',
      runner_version: '0.1.0',
      ...more,
    };
  }

  /** Registers with a one-time credential; what is pasted may differ from what is signed for. */
  async redeem(
    credential: string,
    options: { pasted?: string; body?: Record<string, unknown>; nonce?: string } = {},
  ): Promise<CheckedAnswer> {
    const nonce = options.nonce ?? (await this.hello());
    const proof = this.prove(`connected-compute/register/v1\n${nonce}\n${sha256(credential)}`);
    const answer = await this.plane.call('claim', {
      bearer: options.pasted ?? credential,
      key: this.plane.key(),
      body: { register: this.register(nonce, proof), capacity: 4, max: 0, ...options.body },
    });
    this.take(answer);
    return answer;
  }

  /** Comes back with its key alone. */
  async comeBack(
    options: { signer?: RunnerUnderTest; sessionId?: string; nonce?: string } = {},
  ): Promise<CheckedAnswer> {
    const signer = options.signer ?? this;
    const sessionId = options.sessionId ?? this.sessionId;
    const nonce = options.nonce ?? (await this.hello());
    const proof = signer.prove(`connected-compute/session/v1\n${sessionId}\n${nonce}`);
    const answer = await this.plane.call('claim', {
      bearer: null,
      headers: { authorization: `Runner ${sessionId}` },
      key: this.plane.key(),
      body: { register: signer.register(nonce, proof), capacity: 4, max: 0 },
    });
    this.take(answer);
    return answer;
  }

  /** Calls a runner's route with its token. */
  call(id: RouteId, options: CallOptions = {}): Promise<CheckedAnswer> {
    return this.plane.call(id, { bearer: this.token, ...options });
  }

  claim(more: Record<string, unknown> = {}, key = this.plane.key()): Promise<CheckedAnswer> {
    return this.call('claim', { key, body: { capacity: 4, ...more } });
  }

  /** A claim that must yield one assignment. */
  async claimOne(): Promise<CheckedAnswer['json']> {
    const answer = await this.claim();
    if (answer.status !== 200) throw new Error(`nothing was granted: ${answer.status} ${answer.headers['cc-reason']}`);
    return answer.json.assignments[0];
  }

  /** Claims one job and starts it. */
  async startOne(): Promise<{ lease_id: string; fence: number; job_id: string; run_id: string }> {
    const { lease, job, assignment_run_id: runId } = await this.claimOne();
    const { lease_id: leaseId, fence } = lease;
    const started = await this.onLease('start', leaseId, { fence });
    if (started.status !== 200) throw new Error(`the start was refused: ${started.text}`);
    return { lease_id: leaseId, fence, job_id: job.job_id, run_id: runId };
  }

  onLease(id: RouteId, leaseId: string, body: unknown, more: CallOptions = {}): Promise<CheckedAnswer> {
    return this.call(id, { params: { lease_id: leaseId }, body, ...more });
  }

  complete(
    lease: { lease_id: string; fence: number },
    more: Record<string, unknown> = {},
    key?: string,
  ): Promise<CheckedAnswer> {
    const body = { fence: lease.fence, outcome: 'succeeded', exit_code: 0, usage: { runtime_ms: 10 }, ...more };
    return this.onLease('complete', lease.lease_id, body, key === undefined ? {} : { key });
  }

  /** The signed run receipt of an assignment, as the real runner makes it; `over` tells another story. */
  receipt(assignment: CheckedAnswer['json'], over: Partial<RunRecord> = {}, key: KeyObject = this.key): Dsse {
    const payload = JSON.parse(Buffer.from(assignment.envelope.payload, 'base64').toString());
    const nothing = { size_bytes: 0, sha256: sha256(''), truncated: false };
    const record: RunRecord = {
      outcome: 'succeeded',
      exitCode: 0,
      signal: null,
      startedWallMs: 0,
      endedWallMs: 10,
      runtimeMs: 10,
      environmentNames: ['PATH'],
      outputs: [],
      log: { stdout: nothing, stderr: nothing },
      leftovers: 0,
      confinement: UNCONFINED,
      redactions: 0,
      ...over,
    };
    return runReceipt(payload, record, key);
  }

  heartbeat(body: Record<string, unknown> = {}): Promise<CheckedAnswer> {
    return this.call('heartbeat', { body });
  }

  artifact(
    lease: { lease_id: string; fence: number },
    path: string,
    bytes: Buffer,
    digest = createHash('sha256').update(bytes).digest('base64'),
  ): Promise<CheckedAnswer> {
    return this.call('artifactPut', {
      params: { lease_id: lease.lease_id, path },
      headers: { 'cc-fence': String(lease.fence), 'repr-digest': `sha-256=:${digest}:` },
      body: bytes,
    });
  }

  private take(answer: CheckedAnswer): void {
    if (answer.status !== 200) return;
    this.sessionId = answer.json.session.session_id;
    this.token = answer.json.session.session_token;
  }
}
