import { closeSync, constants, fstatSync, ftruncateSync, readdirSync, readSync, writeSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { Clock } from '../clock.ts';
import type { Execution } from '../executors/executor.ts';
import { CALL_BYTES_LIMIT, type Call } from './judge-call.ts';
import { openBelow } from './open-below.ts';

const FETCH_LIMIT_MS = 60_000;
const ENTRIES_LIMIT = 2_000;
const KILL_GRACE_MS = 2_000;

export interface ToolRim {
  /** The work directory, as this process sees it. */
  workDir: string;
  clock: Clock;
  /** Starts a program confined as the agent is, with the work directory to write to. */
  exec: (argv: readonly string[]) => Promise<Execution>;
  /** Socket of the filter that lets through what was granted; null without a network. */
  proxySocket: string | null;
}

/** Text where the bytes are text; a call that reads others is told so. */
function textOf(bytes: Buffer, isCut: boolean): string {
  try {
    // A cut may fall inside a character.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    throw new Error('The file is not text. Use exec with a program that reads it.');
  }
}

function read({ path, offset, lengthBytes }: Extract<Call, { tool: 'fs.read' }>, workDir: string): string {
  const file = openBelow(workDir, path, constants.O_RDONLY);
  try {
    const info = fstatSync(file);
    if (info.isDirectory()) {
      const entries = readdirSync(`/proc/self/fd/${file}`, { withFileTypes: true }).sort((a, b) =>
        a.name < b.name ? -1 : 1,
      );
      const names = entries.slice(0, ENTRIES_LIMIT).map((each) => (each.isDirectory() ? `${each.name}/` : each.name));
      return JSON.stringify({ entries: names, truncated: entries.length > ENTRIES_LIMIT });
    }
    const bytes = Buffer.alloc(Math.max(0, Math.min(lengthBytes, info.size - offset)));
    const count = readSync(file, bytes, 0, bytes.length, offset);
    const isCut = offset + count < info.size;
    const text = textOf(bytes.subarray(0, count), isCut);
    return JSON.stringify({ text, size_bytes: info.size, truncated: isCut });
  } finally {
    closeSync(file);
  }
}

function write({ path, text, append }: Extract<Call, { tool: 'fs.write' }>, workDir: string): string {
  const flags = constants.O_WRONLY | constants.O_CREAT | (append ? constants.O_APPEND : 0);
  const file = openBelow(workDir, path, flags);
  try {
    if (!fstatSync(file).isFile()) throw new Error(`${path} is a folder.`);
    const bytes = Buffer.from(text);
    if (!append) ftruncateSync(file);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    return JSON.stringify({ written_bytes: bytes.length, size_bytes: fstatSync(file).size });
  } finally {
    closeSync(file);
  }
}

/** Keeps the first bytes of a stream and reads the rest away, so that its writer is not held. */
function keep(stream: Readable): { bytes: () => Buffer; isCut: () => boolean } {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    const room = CALL_BYTES_LIMIT / 2 - sizeBytes;
    if (room > 0) chunks.push(chunk.subarray(0, room));
    sizeBytes += chunk.length;
  });
  stream.on('error', () => undefined);
  return { bytes: () => Buffer.concat(chunks), isCut: () => sizeBytes > CALL_BYTES_LIMIT / 2 };
}

async function exec(
  { argv, timeoutMs }: Extract<Call, { tool: 'exec' }>,
  rim: ToolRim,
  signal: AbortSignal,
): Promise<string> {
  const execution = await rim.exec(argv);
  const kill = (): void => void execution.processes.kill(KILL_GRACE_MS).catch(() => undefined);
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  const [stdout, stderr] = [keep(execution.stdout), keep(execution.stderr)];
  let isTimedOut = false;
  const cancel = rim.clock.after(timeoutMs, () => {
    isTimedOut = true;
    kill();
  });
  const end = await execution.ended.finally(() => {
    cancel();
    signal.removeEventListener('abort', kill);
  });
  return JSON.stringify({
    exit_code: end.exitCode,
    signal: end.signal,
    timed_out: isTimedOut,
    stdout: stdout.bytes().toString('utf8'),
    stderr: stderr.bytes().toString('utf8'),
    truncated: stdout.isCut() || stderr.isCut(),
  });
}

async function fetchThrough(call: Extract<Call, { tool: 'http.fetch' }>, rim: ToolRim, signal: AbortSignal) {
  if (rim.proxySocket === null) throw new Error('This job has no network.');
  const { url, target, method, headers, body } = call;
  const timeout = new AbortController();
  const cancel = rim.clock.after(FETCH_LIMIT_MS, () => timeout.abort());
  const both = AbortSignal.any([signal, timeout.signal]);
  try {
    const socket = await tunnel(rim.proxySocket, `${target.host}:${target.port}`, both);
    const connection =
      url.protocol === 'https:'
        ? tlsConnect({ socket, servername: /[a-z]/i.test(target.host) ? target.host : '' })
        : socket;
    const message = httpRequest({
      createConnection: () => connection,
      method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, connection: 'close', 'content-length': Buffer.byteLength(body) },
      signal: both,
    });
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      message.once('response', resolve);
      message.on('error', reject);
      connection.on('error', reject);
      message.end(body);
    });
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= CALL_BYTES_LIMIT) break;
    }
    const bytes = Buffer.concat(chunks).subarray(0, CALL_BYTES_LIMIT);
    // Redirects are not followed: each address is a call of its own.
    return JSON.stringify({
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: bytes.toString('utf8'),
      truncated: sizeBytes >= CALL_BYTES_LIMIT,
    });
  } catch (error) {
    if (timeout.signal.aborted) throw new Error(`No whole answer in ${FETCH_LIMIT_MS / 1000} s.`);
    throw error;
  } finally {
    cancel();
  }
}

/** A connection through the job's filter, which judges the very address and records it. */
function tunnel(socketPath: string, authority: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const ask = httpRequest({ socketPath, method: 'CONNECT', path: authority, headers: { host: authority }, signal });
    ask.once('connect', (response, socket) => {
      if (response.statusCode === 200) resolve(socket as Socket);
      else {
        socket.destroy();
        reject(
          new Error(response.statusCode === 403 ? `${authority} may not be reached.` : `${authority} does not answer.`),
        );
      }
    });
    ask.once('error', reject);
    ask.end();
  });
}

/** Does a call that was let through. Resolves with what the agent is told, as JSON; rejects with an Error in words. */
export async function doCall(call: Call, rim: ToolRim, signal: AbortSignal): Promise<string> {
  switch (call.tool) {
    case 'fs.read':
      return read(call, rim.workDir);
    case 'fs.write':
      return write(call, rim.workDir);
    case 'exec':
      return exec(call, rim, signal);
    case 'http.fetch':
      return fetchThrough(call, rim, signal);
  }
}
