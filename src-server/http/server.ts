import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Request, Response } from 'express';
import { ProblemError } from '../contract/problems.ts';
import type { RouteId } from '../contract/routes.ts';
import type { Demos } from '../plane/demos-port.ts';
import type { Host } from '../plane/host.ts';
import { AnswerCache } from './answer-cache.ts';
import { apiRouters } from './api-routers.ts';
import { BodyDeadlines } from './body-deadlines.ts';
import type { Handler, Served } from './call.ts';
import { consoleApp } from './console-app.ts';
import { type ConsoleCalls, isConsolePath, serveConsole } from './console-calls.ts';
import { logFault } from './fault-log.ts';
import { HELLOS } from './handlers/runtime.ts';
import { authoritiesOf, guardHost } from './host-guard.ts';
import { malformed } from './malformed.ts';
import { Metrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { ownUrl } from './own-url.ts';
import { WRONG_BEARERS } from './principal.ts';
import { problemOf, sendProblem } from './problem-answer.ts';
import { RateLimit } from './rate-limit.ts';
import { pathOf } from './request-path.ts';
import { burnInAddress, holdsCredential } from './seen-credential.ts';

export interface ServerOptions {
  host: Host;
  listenHost: string;
  /** 0: any free one. */
  port: number;
  /** `https://…` without a trailing slash, as runners reach it; null on loopback. */
  publicUrl: string | null;
  rendererDir: string;
  bootstrapFile: string;
  tls?: { cert: Buffer; key: Buffer };
  /** Remote workspaces and this machine; without one there is nothing below `/console/`. */
  consoleHost?: ConsoleCalls;
  demos?: Demos;
  /** Handlers in the place of the real ones: a bench measures the way to a route without what it does. */
  replaced?: Partial<Record<RouteId, Handler>>;
}
export interface RunningServer {
  url: string;
  port: number;
  /** Answers what is in flight within a bound, then closes every connection. */
  close(): Promise<void>;
}

const HEADER_LIMIT_BYTES = 16 * 1024;
const HEADERS_TIMEOUT_MS = 10_000;
/** A whole request, an artifact of 1 GiB included. */
const REQUEST_TIMEOUT_MS = 30 * 60_000;
const KEEP_ALIVE_MS = 65_000;
const CLOSE_WITHIN_MS = 5_000;
/** While closing, connections that fell idle are looked for this often. */
const SWEEP_EVERY_MS = 50;
const BODY_SWEEP_EVERY_MS = 5_000;
const REQUEST_ID_BYTES = 9;

/** Listens and serves API and console. @throws the system's error when the port cannot be had. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host, tls } = options;
  const limits = {
    maxHeaderSize: HEADER_LIMIT_BYTES,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: 1_000,
    noDelay: true,
    // A missing Host is refused by us, with a problem document; Node would answer without a body.
    requireHostHeader: false,
  };
  let listener: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => void response.destroy();
  const front = (request: IncomingMessage, response: ServerResponse): void => listener(request, response);
  const server: Server =
    tls === undefined
      ? createServer(limits, front)
      : (createTlsServer({ ...limits, ...tls }, front) as unknown as Server);
  server.on('clientError', malformed);
  await listen(server, options.port, options.listenHost);
  const { port } = server.address() as AddressInfo;
  const url = ownUrl(options.listenHost, port, tls !== undefined, options.publicUrl);
  let isStopping = false;
  const served = await servedOf(options, port, url, () => isStopping);
  listener = frontOf(served, options);
  const stopSweep = host.timers.every(BODY_SWEEP_EVERY_MS, () => served.bodyDeadlines.sweep());
  const close = (): Promise<void> => {
    isStopping = true;
    stopSweep();
    for (const wake of [...served.waits]) wake();
    return closeServer(server, host);
  };
  return { url, port, close };
}

function listen(server: Server, port: number, listenHost: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, listenHost, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function servedOf(options: ServerOptions, port: number, url: string, isStopping: () => boolean): Promise<Served> {
  const { host, publicUrl, tls, bootstrapFile } = options;
  /** Made when somebody asks: few do, and it is a fifth of the work of a start. */
  let openapi: string | undefined;
  return {
    host,
    demos: options.demos ?? null,
    port,
    publicUrl: publicUrl ?? url,
    isLoopbackOnly: publicUrl === null || isLoopback(new URL(publicUrl).hostname),
    isTls: tls !== undefined,
    authorities: authoritiesOf(port, tls !== undefined, publicUrl),
    bootstrap: existsSync(bootstrapFile) ? await bootstrapOf(host, readFileSync(bootstrapFile)) : null,
    runnerModules: modulesBeside(bootstrapFile),
    wrongBearers: new RateLimit(host.clock, WRONG_BEARERS.limit, WRONG_BEARERS.windowMs),
    hellos: new RateLimit(host.clock, HELLOS.limit, HELLOS.windowMs),
    answers: new AnswerCache(host.clock),
    metrics: new Metrics(),
    openapi: () => (openapi ??= JSON.stringify(openApiDocument(host.version))),
    isStopping,
    requestId: () => host.random.bytes(REQUEST_ID_BYTES).toString('base64url'),
    bodyDeadlines: new BodyDeadlines(host.clock),
    waits: new Set(),
  };
}

const isLoopback = (hostname: string): boolean => /^(127\.0\.0\.1|localhost|\[::1\])$/.test(hostname);

/** What the build puts beside the runner for it to fetch, by digest. */
function modulesBeside(bootstrapFile: string): ReadonlyMap<string, Buffer> {
  const file = join(dirname(bootstrapFile), 'gateway.mjs');
  if (!existsSync(file)) return new Map();
  const bytes = readFileSync(file);
  return new Map([[createHash('sha256').update(bytes).digest('hex'), bytes]]);
}

async function bootstrapOf(host: Host, bytes: Buffer): Promise<NonNullable<Served['bootstrap']>> {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const signature = await host.key.sign(Buffer.from(`connected-compute/bootstrap/v1\n${sha256}`));
  return { bytes, sha256, signature: signature.toString('base64') };
}

/** What every request passes first: is it meant for us, and is its path one? Then API or console. */
function frontOf(
  served: Served,
  { rendererDir, consoleHost, replaced = {} }: ServerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const api = apiRouters(served, replaced);
  const pages = consoleApp(rendererDir);
  const refuse = (response: ServerResponse, error: unknown): void =>
    sendProblem(response, problemOf(error, served.requestId()), { connection: 'close' });
  return (request, response) => {
    try {
      guardHost(request, served.authorities);
      const url = request.url ?? '';
      if (holdsCredential(url))
        void burnInAddress(served.host, url).catch((error: unknown) => logFault(served.requestId(), 'address', error));
      const { path } = pathOf(url);
      if (path.startsWith('/api/') || path === '/metrics') api(request, response, path);
      else if (consoleHost !== undefined && isConsolePath(path))
        void serveConsole(served, consoleHost, request, response, url);
      else if (request.method !== 'GET' && request.method !== 'HEAD')
        throw new ProblemError('not_found', 'There is nothing at this address.');
      else
        pages(request as Request, response as Response, () =>
          refuse(response, new ProblemError('not_found', 'There is nothing at this address.')),
        );
    } catch (error) {
      refuse(response, error);
    }
  };
}

/** No new connection; what is in flight is answered; what is still open after 5 s is cut. */
function closeServer(server: Server, host: Host): Promise<void> {
  return new Promise((resolve) => {
    for (const { workspace } of host.workspaces()) workspace.quiesce();
    const stopTimer = host.timers.after(CLOSE_WITHIN_MS, () => server.closeAllConnections());
    // A kept-alive connection falls idle when its last answer is out; nothing else would end it.
    const stopSweep = host.timers.every(SWEEP_EVERY_MS, () => server.closeIdleConnections());
    server.close(() => {
      stopTimer();
      stopSweep();
      resolve();
    });
    server.closeIdleConnections();
  });
}
