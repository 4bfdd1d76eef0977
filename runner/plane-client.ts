import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import type { Clock } from './clock.ts';
import { messageOf, PlaneProblem, PlaneUnreachable, systemCodeOf } from './errors.ts';

/** JSON answers are small; more than this is not an answer of the plane. */
const ANSWER_LIMIT_BYTES = 8 * 1024 * 1024;
const TIMEOUT_DEFAULT_MS = 15_000;
/** The reason of PlaneUnreachable when the caller itself aborted. */
export const GIVEN_UP = 'given up';

export interface PlaneRequest {
  method: 'GET' | 'POST' | 'PUT';
  /** Path and query below the origin, encoded. */
  path: string;
  headers?: Record<string, string>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with its exact length. */
  bytes?: { stream: () => Readable; lengthBytes: number };
  /** From sending to the last byte of the answer; for downloads, to the next byte. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

export interface PlaneAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  /** The parsed body; undefined when there is none. */
  json: unknown;
}

function problemOf(status: number, headers: http.IncomingHttpHeaders, json: unknown): PlaneProblem {
  const members = typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  const seconds = Number(headers['retry-after']);
  const header = Number.isFinite(seconds) && headers['retry-after'] !== undefined ? seconds * 1000 : null;
  const retryAfterMs = typeof members.retry_after_ms === 'number' ? members.retry_after_ms : header;
  const isRetryable = typeof members.retryable === 'boolean' ? members.retryable : status >= 500 || status === 429;
  const code = typeof members.code === 'string' ? members.code : `http.${status}`;
  const detail =
    typeof members.detail === 'string' ? members.detail : `The plane answered ${status} without saying why.`;
  return new PlaneProblem(status, code, detail, isRetryable, retryAfterMs, members);
}

/**
 * HTTP to one plane. It never follows a redirect, uses no proxy and dials only the origin it was made for.
 * No answer is PlaneUnreachable; an answer of 300 or more is PlaneProblem.
 */
export class PlaneClient {
  readonly #agent: http.Agent;
  readonly #module: typeof http | typeof https;

  constructor(
    readonly origin: string,
    private readonly clock: Clock,
  ) {
    this.#module = origin.startsWith('https:') ? https : http;
    this.#agent = new this.#module.Agent({ keepAlive: true });
  }

  /** Cuts every connection, so that the process can end; also after a sleep, which connections survive only in name. */
  close(): void {
    this.#agent.destroy();
  }

  /** Sends a request and reads its JSON answer. */
  async send(request: PlaneRequest): Promise<PlaneAnswer> {
    const exchange = this.#open(request);
    try {
      return await this.#readJson(await exchange.response);
    } catch (error) {
      throw this.#translate(error, exchange);
    } finally {
      exchange.end();
    }
  }

  /** Downloads bytes into `sink`, which is awaited chunk by chunk. Returns when all have been taken. */
  async download(request: PlaneRequest, sink: (chunk: Buffer) => Promise<void>): Promise<void> {
    const exchange = this.#open(request);
    let response: http.IncomingMessage;
    try {
      response = await exchange.response;
      if (response.statusCode !== 200) await this.#readJson(response);
    } catch (error) {
      exchange.end();
      throw this.#translate(error, exchange);
    }
    try {
      const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      for (;;) {
        const next = await chunks.next().catch((error: unknown) => {
          throw this.#translate(error, exchange);
        });
        if (next.done) return;
        exchange.touch();
        await sink(next.value);
      }
    } finally {
      exchange.end();
    }
  }

  /** Reads a whole answer of 200 as bytes. Throws RangeError when it is longer than `limitBytes`, without reading on. */
  async fetchBytes(
    request: PlaneRequest,
    limitBytes: number,
  ): Promise<{ bytes: Buffer; headers: http.IncomingHttpHeaders }> {
    const exchange = this.#open(request);
    const chunks: Buffer[] = [];
    try {
      const response = await exchange.response;
      if (response.statusCode !== 200) await this.#readJson(response);
      let sizeBytes = 0;
      for await (const chunk of response as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length;
        if (sizeBytes > limitBytes) throw new RangeError('The answer is too long.');
        chunks.push(chunk);
      }
      return { bytes: Buffer.concat(chunks), headers: response.headers };
    } catch (error) {
      if (error instanceof RangeError) throw error;
      throw this.#translate(error, exchange);
    } finally {
      exchange.end();
    }
  }

  #open(request: PlaneRequest) {
    const timeoutMs = request.timeoutMs ?? TIMEOUT_DEFAULT_MS;
    const body = request.json === undefined ? undefined : Buffer.from(JSON.stringify(request.json));
    const headers: Record<string, string | number> = { accept: 'application/json', ...request.headers };
    if (body !== undefined)
      Object.assign(headers, { 'content-type': 'application/json', 'content-length': body.length });
    if (request.bytes) {
      Object.assign(headers, {
        'content-type': 'application/octet-stream',
        'content-length': request.bytes.lengthBytes,
      });
    }
    const { hostname, port, protocol } = new URL(this.origin);
    const message = this.#module.request({
      agent: this.#agent,
      protocol,
      hostname: hostname.replace(/^\[|\]$/g, ''),
      port,
      method: request.method,
      path: request.path,
      headers,
    });
    let cause: string | null = null;
    const cut = (why: string) => {
      cause = why;
      message.destroy(new Error(why));
    };
    const onAbort = () => cut(GIVEN_UP);
    let cancelTimer = this.clock.after(timeoutMs, () => cut('timed out'));
    const response = new Promise<http.IncomingMessage>((resolve, reject) => {
      message.once('response', resolve);
      message.on('error', reject);
    });
    // A refusal may come while the body is still being sent; the answer counts then, not the broken pipe.
    response.catch(() => undefined);
    if (request.signal?.aborted) onAbort();
    request.signal?.addEventListener('abort', onAbort, { once: true });
    this.#sendBody(message, body, request.bytes);
    return {
      response,
      cause: () => cause,
      touch: () => {
        cancelTimer();
        cancelTimer = this.clock.after(timeoutMs, () => cut('timed out'));
      },
      end: () => {
        cancelTimer();
        request.signal?.removeEventListener('abort', onAbort);
        // A body that was answered before it was sent whole leaves the connection unusable.
        if (!message.writableFinished) message.destroy();
      },
    };
  }

  #sendBody(message: http.ClientRequest, body: Buffer | undefined, bytes: PlaneRequest['bytes']): void {
    if (!bytes) {
      message.end(body);
      return;
    }
    const stream = bytes.stream();
    stream.once('error', (error) => message.destroy(error));
    message.once('close', () => stream.destroy());
    message.once('response', () => stream.unpipe(message));
    stream.pipe(message);
  }

  async #readJson(response: http.IncomingMessage): Promise<PlaneAnswer> {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > ANSWER_LIMIT_BYTES) throw new Error('the answer is too long');
      chunks.push(chunk);
    }
    const status = response.statusCode ?? 0;
    const text = Buffer.concat(chunks).toString('utf8');
    let json: unknown;
    try {
      json = text === '' ? undefined : JSON.parse(text);
    } catch {
      // An error page of something in between is told by its status; a success must be readable.
      if (status < 300) throw new Error('the answer is not JSON');
    }
    if (status >= 300 || status < 200) throw problemOf(status, response.headers, json);
    return { status, headers: response.headers, json };
  }

  #translate(error: unknown, exchange: { cause: () => string | null }): Error {
    if (error instanceof PlaneProblem || error instanceof PlaneUnreachable) return error;
    return new PlaneUnreachable(exchange.cause() ?? (systemCodeOf(error) || messageOf(error)));
  }
}
