import * as http from 'node:http';
import * as https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { messageOf, systemCodeOf } from '../errors.ts';
import type { ClusterAccess } from './cluster-access.ts';

const CALL_LIMIT_MS = 15_000;
const ANSWER_LIMIT_BYTES = 8 * 1024 * 1024;
const WORDS_LIMIT = 300;

/** Something is wrong with the cluster, and not with the job. */
export class ClusterFault extends Error {}

/** The API of a cluster answered with a refusal; `reason` is one of its own words, such as NotFound or Forbidden. */
export class ClusterRefused extends ClusterFault {
  constructor(
    readonly status: number,
    readonly reason: string,
    detail: string,
  ) {
    super(`The cluster answered ${status} ${reason}: ${detail.slice(0, WORDS_LIMIT)}`);
    this.name = 'ClusterRefused';
  }
}

/** The API gave no answer. */
export class ClusterUnreachable extends ClusterFault {
  constructor(reason: string) {
    super(`The cluster's API gave no answer (${reason}).`);
    this.name = 'ClusterUnreachable';
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

function refusalOf(status: number, body: string): ClusterRefused {
  try {
    const { reason = '', message = '' } = JSON.parse(body) as { reason?: string; message?: string };
    return new ClusterRefused(status, reason, message);
  } catch {
    return new ClusterRefused(status, '', body.trim());
  }
}

/** HTTP to the API of one cluster. It follows no redirect, uses no proxy, and dials only the address it was made for. */
export class ClusterClient {
  readonly #module: typeof http | typeof https;
  readonly #agent: http.Agent;

  constructor(
    readonly access: ClusterAccess,
    private readonly clock: Clock,
  ) {
    this.#module = access.origin.protocol === 'https:' ? https : http;
    this.#agent = new this.#module.Agent({ keepAlive: true });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Path of a list of the namespace, such as `batch/v1`, `jobs`; the core group is `v1`. */
  path(group: string, kind: string, name = ''): string {
    const root = group === 'v1' ? '/api/v1' : `/apis/${group}`;
    return `${root}/namespaces/${this.access.namespace}/${kind}${name === '' ? '' : `/${name}`}`;
  }

  /** Sends a request and reads its JSON answer. Throws ClusterRefused or ClusterUnreachable. */
  async call<T>(method: Method, path: string, json?: unknown): Promise<T> {
    const body = json === undefined ? null : Buffer.from(JSON.stringify(json));
    const headers = body === null ? {} : { 'content-type': 'application/json', 'content-length': body.length };
    const request = this.#request(method, path, headers, this.#agent);
    const cancel = this.clock.after(CALL_LIMIT_MS, () => request.destroy(new Error('timed out')));
    try {
      const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
        request.once('response', resolve);
        request.once('error', reject);
      });
      request.end(body ?? undefined);
      const response = await answer;
      const said = await readAll(response);
      const status = response.statusCode ?? 0;
      if (status < 200 || status >= 300) throw refusalOf(status, said);
      return JSON.parse(said === '' ? 'null' : said) as T;
    } catch (error) {
      throw translated(error);
    } finally {
      cancel();
    }
  }

  /** Like `call`, but null where the object is not there. */
  async find<T>(method: Method, path: string, json?: unknown): Promise<T | null> {
    return this.call<T>(method, path, json).catch((error: unknown) => {
      if (error instanceof ClusterRefused && error.status === 404) return null;
      throw error;
    });
  }

  /** Asks for another protocol on a connection of its own; the caller ends it. */
  upgrade(path: string, headers: Record<string, string>): Promise<Upgraded> {
    return new Promise((resolve, reject) => {
      const request = this.#request('GET', path, headers, false);
      const cancel = this.clock.after(CALL_LIMIT_MS, () => request.destroy(new Error('timed out')));
      request.once('error', (error) => {
        cancel();
        reject(translated(error));
      });
      request.once('response', (response) => {
        readAll(response)
          .then((said) => reject(refusalOf(response.statusCode ?? 0, said)))
          .catch((error: unknown) => reject(translated(error)))
          .finally(cancel);
      });
      request.once('upgrade', (response, socket, head) => {
        cancel();
        resolve({ headers: response.headers, socket, head });
      });
      request.end();
    });
  }

  #request(
    method: Method,
    path: string,
    headers: http.OutgoingHttpHeaders,
    agent: http.Agent | false,
  ): http.ClientRequest {
    const { origin, ca, cert, key, serverName, token } = this.access;
    const bearer = token();
    return this.#module.request({
      agent,
      method,
      // A server behind a path, as some managers of clusters have it.
      path: `${origin.pathname.replace(/\/$/, '')}${path}`,
      hostname: origin.hostname.replace(/^\[|\]$/g, ''),
      port: origin.port || (origin.protocol === 'https:' ? 443 : 80),
      headers: {
        accept: 'application/json',
        ...headers,
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      },
      ...(ca === null ? {} : { ca }),
      ...(cert === null || key === null ? {} : { cert, key }),
      ...(serverName === null ? {} : { servername: serverName }),
    });
  }
}

/** A connection that speaks another protocol now. */
export interface Upgraded {
  headers: http.IncomingHttpHeaders;
  socket: Duplex;
  /** What came with the answer. */
  head: Buffer;
}

function translated(error: unknown): unknown {
  if (error instanceof ClusterFault) return error;
  return new ClusterUnreachable(systemCodeOf(error) || messageOf(error));
}

async function readAll(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > ANSWER_LIMIT_BYTES) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
