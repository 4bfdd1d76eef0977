import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { drained } from '../kept-stream.ts';
import { encodeFrame, FrameReader, OPCODE } from '../kubernetes/web-socket-frames.ts';
import type { StandInContainer } from './stand-in-container.ts';

const SALT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const PROTOCOL = 'v4.channel.k8s.io';

/** The answer that makes a connection a WebSocket. */
export function acceptWebSocket(request: IncomingMessage, socket: Duplex): void {
  const proof = createHash('sha1').update(`${request.headers['sec-websocket-key']}${SALT}`).digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof}\r\n` +
      `Sec-WebSocket-Protocol: ${PROTOCOL}\r\n\r\n`,
  );
}

const statusOf = (code: number): object =>
  code === 0
    ? { metadata: {}, status: 'Success' }
    : {
        metadata: {},
        status: 'Failure',
        message: `command terminated with non-zero exit code: exit status ${code}`,
        reason: 'NonZeroExitCode',
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      };

/** Carries a program's streams over a WebSocket, the first byte of each message saying which. */
export function serveExec(socket: Duplex, head: Buffer, { child, ended }: StandInContainer): void {
  const reader = new FrameReader();
  const send = (channel: number, bytes: Buffer): boolean =>
    socket.write(encodeFrame(OPCODE.binary, Buffer.concat([Buffer.from([channel]), bytes]), null));
  const pass = async (from: Readable, channel: number): Promise<void> => {
    for await (const bytes of from as AsyncIterable<Buffer>)
      if (!socket.destroyed && !send(channel, bytes)) await drained(socket);
  };
  const hear = (chunk: Buffer): void => {
    for (const { opcode, payload } of reader.take(chunk)) {
      if (opcode === OPCODE.ping) socket.write(encodeFrame(OPCODE.pong, payload, null));
      else if (opcode === OPCODE.close) socket.end();
      else if (payload[0] === 0) child.stdin?.write(payload.subarray(1));
    }
  };
  // As a cluster does: an empty message for each stream shows that it is there.
  for (const channel of [0, 1, 2, 3]) send(channel, Buffer.alloc(0));
  socket.on('data', hear);
  socket.on('error', () => undefined);
  socket.on('close', () => child.stdin?.end());
  if (head.length > 0) hear(head);
  void Promise.all([pass(child.stdout as Readable, 1), pass(child.stderr as Readable, 2), ended]).then(([, , code]) => {
    send(3, Buffer.from(JSON.stringify(statusOf(code))));
    socket.end(encodeFrame(OPCODE.close, Buffer.from([0x03, 0xe8]), null));
  });
}
