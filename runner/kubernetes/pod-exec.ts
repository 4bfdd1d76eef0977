import { createHash } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';
import { PassThrough } from 'node:stream';
import type { Clock } from '../clock.ts';
import { newFrameMask, newWebSocketKey } from '../ids.ts';
import { drained } from '../kept-stream.ts';
import { type ClusterClient, ClusterUnreachable, type Upgraded } from './cluster-client.ts';
import { encodeFrame, FrameReader, type Message, OPCODE } from './web-socket-frames.ts';

/** Every cluster in use speaks it; the newer one differs only in how standard input ends, which is not used here. */
const PROTOCOL = 'v4.channel.k8s.io';
const ACCEPT_SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** The first byte of each message says which stream it belongs to. */
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, end: 3 } as const;
const SEND_BYTES = 32 * 1024;
/** Whoever stands between closes connections that are silent for longer. */
const PING_EVERY_MS = 20_000;

/** One program that runs in a container of a pod, over one connection. */
export interface PodExec {
  stdout: Readable;
  stderr: Readable;
  /** Sends bytes to its standard input; resolves when they left. That input never ends by itself. */
  write(bytes: Buffer): Promise<void>;
  /** Its exit code. Rejects with ClusterUnreachable when the connection was cut first. */
  done: Promise<number>;
  close(): void;
}

interface Status {
  status?: string;
  message?: string;
  details?: { causes?: { reason?: string; message?: string }[] };
}

/** The exit code in what a cluster says at the end of a program. Throws in words when it could not be started. */
function exitCodeOf(said: Buffer): number {
  const { status, message, details } = JSON.parse(said.toString('utf8')) as Status;
  if (status === 'Success') return 0;
  const code = details?.causes?.find(({ reason }) => reason === 'ExitCode')?.message;
  if (code !== undefined && /^\d{1,3}$/.test(code)) return Number(code);
  throw new Error(`A program in the pod could not be started: ${message ?? 'the cluster said no reason'}`);
}

/** One connection and the streams that it carries. */
class Connection implements PodExec {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly done: Promise<number>;
  readonly #reader = new FrameReader();
  readonly #stopPings: () => void;
  #isEnded = false;
  #resolve: (code: number) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;

  constructor(
    private readonly socket: Duplex,
    head: Buffer,
    clock: Clock,
  ) {
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Who reads only the streams does not look at it.
    this.done.catch(() => undefined);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#cut(error.message));
    socket.on('close', () => this.#cut('the connection was closed'));
    socket.on('end', () => this.#cut('the connection was closed'));
    this.#stopPings = clock.every(PING_EVERY_MS, () => this.#send(OPCODE.ping, Buffer.alloc(0)));
    if (head.length > 0) this.#take(head);
  }

  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#isEnded; at += SEND_BYTES) {
      const part = Buffer.concat([Buffer.from([CHANNEL.stdin]), bytes.subarray(at, at + SEND_BYTES)]);
      if (!this.#send(OPCODE.binary, part)) await drained(this.socket);
    }
  }

  close(): void {
    if (!this.#isEnded) this.#send(OPCODE.close, Buffer.from([0x03, 0xe8]));
    this.#cut('closed by the runner');
  }

  #send(opcode: number, payload: Buffer): boolean {
    return this.#isEnded || this.socket.write(encodeFrame(opcode, payload, newFrameMask()));
  }

  #take(chunk: Buffer): void {
    try {
      for (const message of this.#reader.take(chunk)) this.#hear(message);
    } catch (error) {
      this.#fail(error);
    }
  }

  #hear({ opcode, payload }: Message): void {
    if (opcode === OPCODE.ping) this.#send(OPCODE.pong, payload);
    else if (opcode === OPCODE.close) this.#cut('the cluster closed it');
    else if ((opcode === OPCODE.binary || opcode === OPCODE.text) && payload.length > 1) {
      const [channel, bytes] = [payload[0], payload.subarray(1)];
      if (channel === CHANNEL.end) this.#finish(exitCodeOf(bytes));
      else if (channel === CHANNEL.stdout) this.#pass(this.stdout, bytes);
      else if (channel === CHANNEL.stderr) this.#pass(this.stderr, bytes);
    }
  }

  /** A reader that is slow makes the cluster wait, and with it the program. */
  #pass(stream: PassThrough, bytes: Buffer): void {
    if (stream.destroyed || stream.write(bytes)) return;
    this.socket.pause();
    void drained(stream).then(() => this.socket.resume());
  }

  #finish(code: number): void {
    this.#end();
    this.#resolve(code);
  }

  #cut(why: string): void {
    this.#fail(new ClusterUnreachable(why));
  }

  #fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#end();
    this.#reject(error);
  }

  #end(): void {
    this.#isEnded = true;
    this.#stopPings();
    this.stdout.end();
    this.stderr.end();
    this.socket.destroy();
  }
}

function refuseForeignAnswer({ headers, socket }: Upgraded, key: string): void {
  const proof = createHash('sha1').update(`${key}${ACCEPT_SALT}`).digest('base64');
  if (headers['sec-websocket-accept'] === proof && headers['sec-websocket-protocol'] === PROTOCOL) return;
  socket.destroy();
  throw new ClusterUnreachable('it does not speak the protocol of exec');
}

/**
 * Starts a program in a container of a pod. Its words stand in the address of the call, which clusters keep in their
 * records: nothing secret may be in them. Throws ClusterRefused or ClusterUnreachable.
 */
export async function execInPod(
  client: ClusterClient,
  { pod, container }: { pod: string; container: string },
  argv: readonly string[],
  clock: Clock,
): Promise<PodExec> {
  const key = newWebSocketKey();
  const query = new URLSearchParams({ container, stdin: 'true', stdout: 'true', stderr: 'true', tty: 'false' });
  for (const word of argv) query.append('command', word);
  const upgraded = await client.upgrade(`${client.path('v1', 'pods', pod)}/exec?${query}`, {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': key,
    'sec-websocket-protocol': PROTOCOL,
  });
  refuseForeignAnswer(upgraded, key);
  return new Connection(upgraded.socket, upgraded.head, clock);
}
