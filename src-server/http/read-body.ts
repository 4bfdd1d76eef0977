import type { IncomingMessage } from 'node:http';
import { ProblemError } from '../contract/problems.ts';

/** Refuses a body that is not plain JSON before a byte of it is read. @throws ProblemError `media.unsupported`. */
export function requireJson(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity')
    throw new ProblemError('media.unsupported', 'Send the body without compression.');
  const type = request.headers['content-type'];
  if (type === undefined || !/^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(type)) {
    throw new ProblemError('media.unsupported', 'Send the body as application/json.');
  }
}

/** True when the request announces a body. */
export const hasBody = (request: IncomingMessage): boolean =>
  request.headers['transfer-encoding'] !== undefined ||
  (request.headers['content-length'] !== undefined && request.headers['content-length'] !== '0');

/**
 * Reads a body up to its limit; past it nothing more is read.
 * @throws ProblemError `body.too_large`.
 */
export function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limitBytes) return Promise.reject(tooLarge(limitBytes));
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes > limitBytes) {
        request.pause();
        request.removeAllListeners('data');
        reject(tooLarge(limitBytes));
      } else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    request.on('error', () =>
      reject(new ProblemError('request.malformed', 'The body ended before it was complete. Send it again.')),
    );
    request.on('aborted', () =>
      reject(new ProblemError('request.malformed', 'The body ended before it was complete. Send it again.')),
    );
  });
}

const tooLarge = (limitBytes: number): ProblemError =>
  new ProblemError('body.too_large', `Keep the body under ${limitBytes} bytes.`);
