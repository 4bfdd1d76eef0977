import { connect, type Socket } from 'node:net';
import type { CheckedAnswer } from './checked-call.ts';

/** Opens a connection that a test speaks over by itself. */
export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

/** Sends bytes as they are and reads until the plane ends the connection or its answer is whole. */
export async function sendRaw(port: number, bytes: string | Buffer): Promise<CheckedAnswer> {
  const socket = await dial(port);
  socket.write(bytes);
  return readAnswer(socket);
}

/** The one answer that comes over a connection; the connection is closed then. */
export function readAnswer(socket: Socket): Promise<CheckedAnswer> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const done = (): void => {
      const answer = parseAnswer(received);
      if (answer === null) reject(new Error(`no answer came: ${received.toString('latin1').slice(0, 200)}`));
      else resolve(answer);
      socket.destroy();
    };
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = parseAnswer(received);
      if (
        answer !== null &&
        answer.bytes.length >= Number(answer.headers['content-length'] ?? Number.POSITIVE_INFINITY)
      )
        done();
    });
    socket.on('close', done);
    // What was received before a reset still counts.
    socket.on('error', done);
  });
}

function parseAnswer(received: Buffer): CheckedAnswer | null {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [first = '', ...lines] = received.subarray(0, end).toString('latin1').split('\r\n');
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const at = line.indexOf(':');
    headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim();
  }
  const bytes = received.subarray(end + 4);
  const text = bytes.toString('utf8');
  const status = Number(first.split(' ')[1]);
  const isWhole = bytes.length >= Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
  const isJson = isWhole && /json/.test(headers['content-type'] ?? '');
  const json = isJson ? JSON.parse(text) : undefined;
  return { status, headers, text, bytes, json, code: status >= 400 ? json?.code : undefined };
}
