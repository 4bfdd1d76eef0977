import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BODY_LIMIT_BYTES, BULK_BODY_LIMIT_BYTES } from '../../src-server/contract/limits.ts';
import { checkProblem } from '../helpers/checked-call.ts';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';
import { dial, readAnswer, sendRaw } from '../helpers/raw-http.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

const head = (path: string, more: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${plane.port}\r\nAuthorization: Bearer ${plane.adminToken}\r\nContent-Type: application/json\r\nIdempotency-Key: ${plane.key()}\r\n${more}\r\n`;
const jobs = (): string => `/api/v1/workspaces/${plane.workspaceId}/jobs`;

describe('row 7: bodies over the limit', () => {
  test('one that is announced is refused before any of it is read', async () => {
    const answer = await sendRaw(plane.port, head(jobs(), `Content-Length: ${BODY_LIMIT_BYTES + 1}\r\n`));
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([413, 'body.too_large']);
    expect(answer.headers.connection).toBe('close');
  });

  test('one of endless chunks is cut at the limit, and the answer still arrives', async () => {
    const socket = await dial(plane.port);
    const answered = readAnswer(socket);
    socket.write(head(jobs(), 'Transfer-Encoding: chunked\r\n'));
    const chunk = `${(64 * 1024).toString(16)}\r\n${'a'.repeat(64 * 1024)}\r\n`;
    let sentBytes = 0;
    const pump = (): void => {
      while (!socket.destroyed && sentBytes < 256 * BODY_LIMIT_BYTES) {
        sentBytes += chunk.length;
        if (!socket.write(chunk)) {
          socket.once('drain', pump);
          return;
        }
      }
    };
    pump();
    const answer = await answered;
    checkProblem(answer);
    expect([answer.status, answer.code]).toEqual([413, 'body.too_large']);
    expect(sentBytes).toBeLessThan(32 * BODY_LIMIT_BYTES);
  });

  test('the route for many jobs takes 8 MiB and no more', async () => {
    const bulk = `${jobs()}/bulk`;
    const taken = await plane.call('jobBulk', {
      body: `{"items":[1]${' '.repeat(BULK_BODY_LIMIT_BYTES - 13)}}`,
    });
    expect(taken.json.results[0].status).toBe(422);
    const refused = await sendRaw(plane.port, head(bulk, `Content-Length: ${BULK_BODY_LIMIT_BYTES + 1}\r\n`));
    expect(refused.status).toBe(413);
  });

  test('an artifact or a blob over its limit is refused by its length', async () => {
    const answer = await sendRaw(
      plane.port,
      head(`/api/v1/workspaces/${plane.workspaceId}/blobs/${'0'.repeat(64)}`, `Content-Length: ${2 ** 31}\r\n`).replace(
        'POST',
        'PUT',
      ),
    );
    checkProblem(answer);
    expect(answer.status).toBe(413);
  });

  test('who is not known is refused before the body is looked at', async () => {
    const answer = await sendRaw(
      plane.port,
      head(jobs(), `Content-Length: ${BODY_LIMIT_BYTES + 1}\r\n`).replace(plane.adminToken, 'cco_nobody'),
    );
    checkProblem(answer);
    expect(answer.status).toBe(401);
  });
});
