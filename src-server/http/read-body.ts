import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../contract/problems.ts';
import type { BodyDeadlines } from './body-deadlines.ts';

/** Refuses a body that is not plain JSON before a byte of it is read. @throws ProblemError `media.unsupported`. */
export function requireJson(request: IncomingMessage): void {
  requirePlain(request);
  const type = request.headers['content-type'];
  if (type === undefined || !/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(type)) {
    throw new ProblemError('media.unsupported', 'Send the body as application/json.');
  }
}

/** Refuses a compressed body: its size and its digest would be those of other bytes. */
export function requirePlain(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new ProblemError('media.unsupported', 'Send the body without compression.');
}

/** True when the request announces a body. */
export const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined ||
  (request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0');

/** Refuses by its announced length a body that is too large. @throws ProblemError `body.too_large`. */
export function requireRoom(request: IncomingMessage, limitBytes: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge(limitBytes);
}

/**
 * Reads a body up to its limit; past it nothing more is read.
 * @throws ProblemError `body.too_large`, `request.malformed`, `request.timeout`.
 */
export function readBody(request: IncomingMessage, limitBytes: number, deadlines: BodyDeadlines): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    requireRoom(request, limitBytes);
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const stop = (error: ProblemError): void => {
      deadlines.end(late);
      request.pause();
      request.removeAllListeners('data');
      reject(error);
    };
    const late = (): void => stop(new ProblemError('request.timeout', 'Send the whole request without pauses.'));
    deadlines.begin(late);
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) stop(tooLarge(limitBytes));
      else chunks.push(chunk);
    });
    request.on('end', () => {
      deadlines.end(late);
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks));
    });
    // Without a listener for errors a broken connection is only a close before the end.
    request.on('close', () => {
      if (!request.complete) stop(cutShort());
    });
  });
}

/** The body's chunks, for a handler that stores them: an error on the way leaves the connection open for its answer. */
export async function* bodyChunks(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    throw cutShort();
  }
}

const tooLarge = (limitBytes: number): ProblemError =>
  new ProblemError('body.too_large', `Keep the body under ${limitBytes} bytes.`);
const cutShort = (): ProblemError =>
  new ProblemError('request.malformed', 'The body ended before it was complete. Send it again.');
