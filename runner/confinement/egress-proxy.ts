import { lookup } from 'node:dns/promises';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { connect, isIP, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { ConnectionLog, type ConnectionRecord } from './connection-log.ts';
import {
  addressFor,
  type EgressRules,
  type HostPort,
  parseHostPort,
  plainHost,
  rightTo,
  type Verdict,
} from './destination.ts';

const CONNECT_TIMEOUT_MS = 15_000;
const LOOKUP_LIMIT = 16;
/** A job that opens more at once waits for its own connections to end. */
const CONNECTION_LIMIT = 256;
/** Headers between the job and the proxy alone, which no host is to see. */
const HOP_HEADERS = ['proxy-connection', 'proxy-authorization', 'connection', 'keep-alive', 'te', 'upgrade'];

/** All addresses of a name; a literal address is its own. */
export type Resolve = (host: string) => Promise<string[]>;

const systemResolve: Resolve = async (host) => {
  if (isIP(host) !== 0) return [host];
  return (await lookup(host, { all: true })).slice(0, LOOKUP_LIMIT).map(({ address }) => address);
};

const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []);

class Refused extends Error {
  constructor(
    readonly verdict: Exclude<Verdict, 'allowed'>,
    readonly target: HostPort,
  ) {
    super(`${target.host}:${target.port} ${verdict}`);
  }
}

/**
 * The only way out of a confined job: an HTTP proxy on a private socket that lets through what was granted. It resolves
 * names itself and connects to the very address that it judged. One per attempt; `log` is what it let through or refused.
 */
export class EgressProxy {
  readonly log = new ConnectionLog();
  readonly #folder = mkdtempSync(join(tmpdir(), 'cc-egress-'));
  readonly socketPath = join(this.#folder, 'proxy.sock');
  readonly #server: Server;
  readonly #sockets = new Set<Duplex>();
  /** What is being dialled, with what is to be said of it should the job end first. */
  readonly #dialling = new Map<HostPort, Exclude<Verdict, 'allowed'>>();

  constructor(
    private readonly rules: EgressRules,
    private readonly resolve: Resolve = systemResolve,
  ) {
    chmodSync(this.#folder, 0o700);
    this.#server = createServer((incoming, response) => void this.#forward(incoming, response));
    this.#server.maxConnections = CONNECTION_LIMIT;
    this.#server.on('connection', (socket) => this.#keep(socket));
    this.#server.on(
      'connect',
      (incoming: IncomingMessage, socket: Duplex, head: Buffer) => void this.#tunnel(incoming, socket, head),
    );
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** Rejects when the socket cannot be made. */
  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.socketPath, () => resolve());
    });
  }

  /** Cuts every connection, records what never came to be, and removes the socket. */
  async close(): Promise<void> {
    for (const [{ host, port }, verdict] of this.#dialling) this.log.add(host, port, verdict);
    this.#dialling.clear();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #keep(socket: Duplex): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  /** Judges a target and connects to it. Throws Refused. */
  async #dial(target: HostPort): Promise<Socket> {
    const right = rightTo(this.rules, target);
    if (right === null) throw new Refused('not_granted', target);
    this.#dialling.set(target, 'unresolved');
    const addresses = await this.resolve(target.host).catch(() => []);
    if (addresses.length === 0) throw new Refused('unresolved', target);
    const address = addressFor(right, addresses, ownAddresses());
    if (address === null) throw new Refused('address_refused', target);
    if (!this.#dialling.has(target)) throw new Refused('unreachable', target);
    this.#dialling.set(target, 'unreachable');
    const socket = connect({ host: address, port: target.port });
    this.#keep(socket);
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new Error('timeout')));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('close', () => reject(new Refused('unreachable', target)));
    });
    socket.setTimeout(0);
    this.#dialling.delete(target);
    return socket;
  }

  #refuse(error: unknown, target: HostPort): { status: string; line: string } {
    const verdict = error instanceof Refused ? error.verdict : 'unreachable';
    // Nothing of it is left when it was recorded at the close.
    const isRecorded = verdict !== 'not_granted' && !this.#dialling.delete(target);
    if (!isRecorded) this.log.add(target.host, target.port, verdict);
    const isOurs = verdict === 'not_granted' || verdict === 'address_refused';
    const status = isOurs ? '403 Forbidden' : '502 Bad Gateway';
    return { status, line: `${target.host}:${target.port} ${WORDS[verdict]}\n` };
  }

  async #tunnel({ url }: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const target = parseHostPort(url ?? '');
    if (target === null) {
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    try {
      const far = await this.#dial(target);
      const record = this.log.add(target.host, target.port, 'allowed');
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) {
        record.sent_bytes += head.length;
        far.write(head);
      }
      joinEnds(socket, far, record);
    } catch (error) {
      const { status, line } = this.#refuse(error, target);
      socket.end(
        `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${line.length}\r\nConnection: close\r\n\r\n${line}`,
      );
    }
  }

  /** A request for a whole URL, as clients send plain http to a proxy. */
  async #forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.canParse(incoming.url ?? '') ? new URL(incoming.url as string) : null;
    if (url === null || url.protocol !== 'http:' || url.username !== '' || url.password !== '') {
      response.writeHead(400, { connection: 'close' }).end('This is a proxy: ask for a whole http URL, or CONNECT.\n');
      return;
    }
    const target = { host: plainHost(url.hostname.replace(/^\[|\]$/g, '')), port: Number(url.port || 80) };
    let far: Socket;
    try {
      far = await this.#dial(target);
    } catch (error) {
      const { status, line } = this.#refuse(error, target);
      response.writeHead(Number(status.slice(0, 3)), { connection: 'close', 'content-type': 'text/plain' }).end(line);
      return;
    }
    const record = this.log.add(target.host, target.port, 'allowed');
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).filter(([name]) => !HOP_HEADERS.includes(name)),
    );
    const onward = request({
      createConnection: () => far,
      method: incoming.method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, connection: 'close' },
    });
    onward.on('response', (answer) => {
      answer.on('data', (bytes: Buffer) => (record.received_bytes += bytes.length));
      const kept = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !HOP_HEADERS.includes(name)));
      response.writeHead(answer.statusCode ?? 502, { ...kept, connection: 'close' });
      answer.pipe(response);
    });
    onward.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
    response.on('close', () => far.destroy());
    incoming.on('data', (bytes: Buffer) => (record.sent_bytes += bytes.length));
    incoming.pipe(onward);
  }
}

const WORDS: Readonly<Record<Exclude<Verdict, 'allowed'>, string>> = {
  not_granted: 'is not granted to this job.',
  address_refused: 'leads to an address that this job may not reach.',
  unresolved: 'has no address.',
  unreachable: 'does not answer.',
};

/** Joins both ends, counting what passes; each end's close is the other's. */
function joinEnds(near: Duplex, far: Socket, record: ConnectionRecord): void {
  near.on('data', (bytes: Buffer) => (record.sent_bytes += bytes.length));
  far.on('data', (bytes: Buffer) => (record.received_bytes += bytes.length));
  near.pipe(far);
  far.pipe(near);
  near.once('close', () => far.destroy());
  far.once('close', () => near.end());
}
