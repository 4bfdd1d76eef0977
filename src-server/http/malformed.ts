import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { PROBLEMS, type ProblemCode, problemType } from '../contract/problems.ts';

const CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers.too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request.timeout',
};
const DETAILS: Partial<Record<ProblemCode, string>> = {
  'headers.too_large': 'Keep the address and the headers under 16 KiB.',
  'request.timeout': 'Send the whole request without pauses.',
};

/** Answers what never became a request (bad framing, headers that are too large or too slow), then ends the connection. */
export function malformed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const code: ProblemCode = CODES[error.code ?? ''] ?? 'request.malformed';
  const { status, title, retryable } = PROBLEMS[code];
  const body = JSON.stringify({
    type: problemType(code),
    title,
    status,
    detail: DETAILS[code] ?? 'Send a request that follows HTTP/1.1.',
    code,
    request_id: 'none',
    retryable,
  });
  socket.end(
    `HTTP/1.1 ${status} ${title}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
  // The other side may keep its half open for ever; ours is done.
  (socket as Socket).destroySoon();
}
