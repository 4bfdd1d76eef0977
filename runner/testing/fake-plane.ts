import { createHash, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { canonicalJson } from '../canonical-json.ts';
import { signDsse } from '../dsse.ts';
import { fingerprintOf, publicKeyOf, sha256Hex, signMessage, verifyMessage } from '../ed25519.ts';
import { type FakeAnswer, problem, type SeenRequest } from './fake-wire.ts';

/**
 * A stand-in for the control plane in tests of the runner: it keeps the wire contract of the runtime routes (proofs,
 * tokens, envelopes, log offsets) with no policy behind it. Tests set what it grants and override single answers.
 */
export class FakePlane {
  readonly key: KeyObject = generateKeyPairSync('ed25519').privateKey;
  readonly publicKey = publicKeyOf(this.key);
  readonly fingerprint = fingerprintOf(this.publicKey);
  readonly credential = `cce_${'A'.repeat(38)}`;
  readonly seen: SeenRequest[] = [];
  readonly logs = new Map<string, Buffer>();
  readonly artifacts = new Map<string, Buffer>();
  readonly inputs = new Map<string, Buffer>();
  readonly directives = new Map<string, { directive: 'cancel' | 'stop'; reason: string }>();
  readonly superseded = new Set<string>();
  queue: Record<string, unknown>[] = [];
  ttlMs = 60_000;
  heartbeatMs = 100;
  /** Hosts and ports in every envelope. */
  grants: { host: string; port: number }[] = [];
  /** Answers in the place of the stand-in; undefined leaves it to it. */
  intercept: (request: SeenRequest) => FakeAnswer | 'hang' | 'cut' | undefined = () => undefined;
  /** How much of a log of this length is said to be durable. */
  durableOffset: (length: number) => number = (length) => length;
  token: string | null = null;
  runnerKey: string | null = null;
  url = '';
  #server: Server | null = null;
  #nonces = new Set<string>();
  #fence = 40;
  /** Ids of two stand-ins differ, because a job's processes are known by them on the whole machine. */
  readonly #idPart = randomBytes(7).toString('hex').toUpperCase();
  readonly sessionId = `ses_01JA6F2W9QK3${this.#idPart.slice(0, 14)}`;
  #takeOver: () => void = () => undefined;
  #port = 0;

  async listen(): Promise<void> {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => this.#server?.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    this.url = `http://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** Requests of one kind, in order. */
  calls(method: string, pattern: RegExp): SeenRequest[] {
    return this.seen.filter((request) => request.method === method && pattern.test(request.path));
  }

  /** What a witness gets; by default a log without a checkpoint. */
  witness: (request: SeenRequest) => FakeAnswer = () => problem(404, 'not_found');

  /** Waits until `find` yields something. */
  async until<T>(find: () => T | undefined | false, withinMs = 10_000): Promise<T> {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 20) {
      const found = find();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('It did not happen in time.');
  }

  /** An assignment with a signed envelope. */
  assign(job: Record<string, unknown>): Record<string, unknown> {
    this.#fence += 1;
    const fence = this.#fence;
    const lease_id = `lse_01JA6F2W9Q${this.#idPart}${fence}`;
    const job_id = `job_01JA6F2W9Q${this.#idPart}${fence}`;
    const payload = {
      v: 1,
      workspace_id: 'ws_1',
      session_id: this.sessionId,
      lease_id,
      fence,
      attempt: 1,
      job_id,
      digest: `sha256:${sha256Hex(canonicalJson(job))}`,
      job,
      grants: this.grants,
      max_runtime_ms: job.max_runtime_ms,
      ceiling_mcu: 0,
    };
    return {
      assignment_run_id: 'run_1',
      compute_class: 'cpu-small',
      why: 'Assigned to laptop-1, because it asked.',
      job: { ...job, job_id, attempt: 1 },
      lease: {
        lease_id,
        fence,
        ttl_ms: this.ttlMs,
        renew_after_ms: this.ttlMs / 4,
        start_within_ms: 10_000,
        max_runtime_ms: job.max_runtime_ms,
      },
      envelope: signDsse(
        this.key,
        'application/vnd.connected-compute.envelope+json',
        Buffer.from(JSON.stringify(payload)),
      ),
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isJson = request.headers['content-type'] === 'application/json';
    const json = isJson ? (JSON.parse(body.toString('utf8')) as Record<string, unknown>) : {};
    const seen: SeenRequest = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body,
      json,
    };
    this.seen.push(seen);
    const override = this.intercept(seen);
    if (override === 'hang') return;
    if (override === 'cut') {
      response.destroy();
      return;
    }
    const answer = override ?? (await this.#answer(seen, response));
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.bytes ?? (answer.json === undefined ? undefined : JSON.stringify(answer.json)));
  }

  async #answer(request: SeenRequest, response: ServerResponse): Promise<FakeAnswer> {
    if (request.path === '/api/v1/runtime/hello') return this.#hello(request);
    if (request.path === '/api/v1/runtime/claim') return this.#claim(request, response);
    if (request.headers.authorization !== `Bearer ${this.token}`) return problem(401, 'session.expired');
    if (request.path === '/api/v1/runtime/heartbeat') return this.#heartbeat(request);
    if (request.path.startsWith('/api/v1/runtime/directives')) return this.#directives();
    if (request.path === '/api/v1/runtime/doctor') {
      return { status: 200, json: { source: { source_id: 'src_1', state: 'online' }, compute_class: 'cpu-small' } };
    }
    if (request.path.startsWith('/api/v1/runtime/witness')) return this.witness(request);
    if (request.path === '/api/v1/runtime/sessions/end') return { status: 200, json: { ok: true } };
    const [, leaseId = '', verb = '', rest = ''] =
      /^\/api\/v1\/runtime\/leases\/([^/]+)\/([^/]+)\/?(.*)$/.exec(request.path) ?? [];
    if (this.superseded.has(leaseId)) return problem(409, 'conflict.lease_superseded', { current_attempt: 2 });
    return this.#onLease(request, leaseId, verb, rest);
  }

  #onLease(request: SeenRequest, leaseId: string, verb: string, rest: string): FakeAnswer {
    if (verb === 'start') {
      const json = { attempt: 1, ttl_ms: this.ttlMs, renew_after_ms: this.ttlMs / 4, max_runtime_ms: 600_000, seq: 1 };
      return { status: 200, json };
    }
    if (verb === 'log') return this.#log(request, leaseId);
    if (verb === 'artifacts') {
      const digest = createHash('sha256').update(request.body).digest();
      if (request.headers['repr-digest'] !== `sha-256=:${digest.toString('base64')}:`)
        return problem(422, 'digest.mismatch');
      const path = decodeURIComponent(rest);
      this.artifacts.set(path, request.body);
      return { status: 200, json: { path, sha256: digest.toString('hex'), size_bytes: request.body.length } };
    }
    if (verb === 'inputs') {
      const bytes = this.inputs.get(rest);
      return bytes ? { status: 200, bytes } : problem(404, 'not_found');
    }
    return { status: 200, json: { job_state: 'succeeded', settled_mcu: 0, seq: 2 } };
  }

  #hello(request: SeenRequest): FakeAnswer {
    const clientNonce = String(request.json.client_nonce);
    const suffix = createHash('sha256').update(this.url).digest('base64url');
    if (!clientNonce.endsWith(`.${suffix}`)) return problem(422, 'field.invalid');
    const nonce = this.#newNonce();
    const signature = signMessage(this.key, `connected-compute/hello/v1\n${clientNonce}\n${nonce}`);
    return { status: 200, json: { nonce, plane_public_key: this.publicKey, signature } };
  }

  #newNonce(): string {
    const nonce = randomBytes(16).toString('base64url');
    this.#nonces.add(nonce);
    return nonce;
  }

  async #claim(request: SeenRequest, response: ServerResponse): Promise<FakeAnswer> {
    const authorization = request.headers.authorization ?? '';
    const register = request.json.register as { public_key: string; nonce: string; proof: string } | undefined;
    if (register !== undefined) return this.#register(authorization, register);
    if (authorization !== `Bearer ${this.token}`) return problem(401, 'session.expired');
    const max = Number(request.json.max);
    let isGone = false;
    // A second claim of the session takes over the open one.
    this.#takeOver();
    this.#takeOver = () => {
      isGone = true;
    };
    response.on('close', () => {
      isGone = true;
    });
    for (
      let waitedMs = 0;
      max > 0 && this.queue.length === 0 && !isGone && waitedMs < Number(request.json.wait_ms);
      waitedMs += 20
    ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const jobs = isGone ? [] : this.queue.splice(0, max);
    if (jobs.length === 0) return { status: 204, headers: { 'cc-reason': 'queue.empty', 'retry-after': '0' } };
    return { status: 200, json: { assignments: jobs.map((job) => ('envelope' in job ? job : this.assign(job))) } };
  }

  #register(
    authorization: string,
    { public_key, nonce, proof }: { public_key: string; nonce: string; proof: string },
  ): FakeAnswer {
    if (!this.#nonces.delete(nonce)) return problem(401, 'proof.invalid');
    const isReturn = authorization === `Runner ${this.sessionId}`;
    if (!isReturn && authorization !== `Bearer ${this.credential}`) return problem(401, 'credential.unknown');
    if (this.runnerKey !== null && this.runnerKey !== public_key) {
      return isReturn ? problem(401, 'session.key_mismatch') : problem(401, 'credential.used');
    }
    const text = isReturn
      ? `connected-compute/session/v1\n${this.sessionId}\n${nonce}`
      : `connected-compute/register/v1\n${nonce}\n${sha256Hex(this.credential)}`;
    if (!verifyMessage(public_key, text, proof)) return problem(401, 'proof.invalid');
    this.runnerKey = public_key;
    this.token = `ccs_${randomBytes(12).toString('hex')}`;
    const session = {
      session_id: this.sessionId,
      source_id: 'src_1',
      session_token: this.token,
      plane_public_key: this.publicKey,
      heartbeat_interval_ms: this.heartbeatMs,
      lease_ttl_ms: this.ttlMs,
      compute_class: 'cpu-small',
    };
    return { status: 200, json: { session, assignments: [] } };
  }

  #heartbeat(request: SeenRequest): FakeAnswer {
    const leases = (request.json.leases as { lease_id: string }[]).map(({ lease_id }) => {
      if (this.superseded.has(lease_id)) return { lease_id, state: 'superseded', ttl_ms: 0, current_attempt: 2 };
      return { lease_id, state: 'active', ttl_ms: this.ttlMs, ...this.directives.get(lease_id) };
    });
    const renew = request.json.renew as { nonce: string; proof: string } | undefined;
    let session_token: string | undefined;
    if (renew !== undefined) {
      const text = `connected-compute/session/v1\n${this.sessionId}\n${renew.nonce}`;
      if (!this.#nonces.delete(renew.nonce) || !verifyMessage(this.runnerKey ?? '', text, renew.proof))
        return problem(401, 'proof.invalid');
      this.token = `ccs_${randomBytes(12).toString('hex')}`;
      session_token = this.token;
    }
    const json = {
      server_time: '2026-11-22T14:48:05.120Z',
      next_heartbeat_ms: this.heartbeatMs,
      nonce: this.#newNonce(),
      session_token,
      leases,
      source: { state: 'online' },
    };
    return { status: 200, json };
  }

  async #directives(): Promise<FakeAnswer> {
    for (let i = 0; this.directives.size === 0 && i < 20; i += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    if (this.directives.size === 0) return { status: 204 };
    const leases = [...this.directives].map(([lease_id, directive]) => ({ lease_id, ...directive }));
    return { status: 200, json: { n: 1, leases, approvals: [], source: {} } };
  }

  #log({ json }: SeenRequest, leaseId: string): FakeAnswer {
    const name = `${leaseId}/${String(json.stream)}`;
    const stored = this.logs.get(name) ?? Buffer.alloc(0);
    const offset = Number(json.offset);
    if (offset > stored.length)
      return problem(409, 'conflict.log_gap', { expected_offset: stored.length, retryable: true });
    const data = Buffer.from(String(json.data), json.encoding as 'utf8' | 'base64');
    const whole = Buffer.concat([stored.subarray(0, offset), data]);
    this.logs.set(name, whole);
    return { status: 200, json: { next_offset: whole.length, durable_offset: this.durableOffset(whole.length) } };
  }
}
