import { appendFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ApprovalAsker } from './approval-asker.ts';
import { APPROVAL_ANSWERS, APPROVAL_REQUESTS } from './approval-files.ts';
import { PlaneProblem, PlaneUnreachable } from './errors.ts';
import type { PlaneAnswer, PlaneRequest } from './plane-client.ts';
import { FakeClock } from './testing/fake-clock.ts';

let folder: string;
let clock: FakeClock;
let sent: PlaneRequest[];
let replies: (() => unknown)[];
let asker: ApprovalAsker;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-ask-'));
  clock = new FakeClock();
  sent = [];
  replies = [];
  asker = new ApprovalAsker({ leaseId: 'lse_1', fence: 4 }, folder, {
    send: async (request): Promise<PlaneAnswer> => {
      sent.push(request);
      const json = replies.shift()?.();
      return { status: 200, headers: {}, json };
    },
    clock,
    chance: { fraction: () => 0.5 },
    signal: new AbortController().signal,
    redact: (text) => text.replaceAll('hunter2', '[redacted]'),
    tell: () => undefined,
  });
});
afterEach(() => {
  asker.stop();
  rmSync(folder, { recursive: true, force: true });
});
const requests = () => asker.environment[APPROVAL_REQUESTS] as string;
const answers = () => readFileSync(asker.environment[APPROVAL_ANSWERS] as string, 'utf8');
const reply = (status: string) => () => ({ approval_id: 'apr_1', status, reason: null });

describe('questions of a job', () => {
  it('are carried in order, waited for and answered line by line, with secrets hidden', async () => {
    replies = [reply('pending'), reply('pending'), reply('approved'), reply('rejected')];
    appendFileSync(requests(), '{"reason":"Use hunter2?"}\n{"reason":"More?","expires_ms":5000}\n');
    await clock.advance(500);
    expect(answers()).toBe('{"approval_id":"apr_1","status":"approved","reason":null}\n');
    await clock.advance(500);
    expect(answers().trim().split('\n')).toHaveLength(2);
    expect(sent.map((r) => [r.method, r.json])).toEqual([
      ['POST', { fence: 4, reason: 'Use [redacted]?', kinds: [] }],
      ['GET', undefined],
      ['GET', undefined],
      ['POST', { fence: 4, reason: 'More?', kinds: [], expires_ms: 5000 }],
    ]);
    expect(sent[0]?.headers?.['idempotency-key']).not.toBe(sent[3]?.headers?.['idempotency-key']);
  });

  it('that nobody waits for any more are looked at once more: the no that ended the attempt is told as one', async () => {
    const taken = new AbortController();
    replies = [
      reply('pending'),
      () => {
        taken.abort();
        throw new PlaneUnreachable('given up');
      },
      reply('rejected'),
    ];
    expect(await asker.ask('Write?', ['tool call'], taken.signal)).toMatchObject({ status: 'rejected' });
    expect(sent.map(({ path }) => path.split('/').at(-1))).toEqual(['approvals', 'apr_1?wait_ms=20000', 'apr_1']);
  });

  it('wait for the end of their line', async () => {
    appendFileSync(requests(), '{"reason":"Half');
    await clock.advance(1_000);
    expect(sent).toEqual([]);
  });

  it('are asked again with the same key when the answer was lost', async () => {
    replies = [
      () => {
        throw new PlaneUnreachable('gone');
      },
      reply('approved'),
    ];
    appendFileSync(requests(), '{"reason":"Go on?"}\n');
    await clock.advance(2_000);
    expect(sent[0]?.headers).toEqual(sent[1]?.headers);
    expect(answers()).toContain('approved');
  });

  it('that the plane will not have are answered as refused', async () => {
    replies = [
      () => {
        throw new PlaneProblem(422, 'field.invalid', 'Say what is asked.', false, null, {});
      },
    ];
    appendFileSync(requests(), 'no json\n');
    await clock.advance(500);
    expect(answers()).toBe('{"approval_id":null,"status":"refused","reason":"Say what is asked."}\n');
  });

  it('write to the file that the runner made, wherever its name points later', async () => {
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'mine');
    unlinkSync(asker.environment[APPROVAL_ANSWERS] as string);
    symlinkSync(victim, asker.environment[APPROVAL_ANSWERS] as string);
    replies = [reply('approved')];
    appendFileSync(requests(), '{"reason":"Go on?"}\n');
    await clock.advance(500);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
  });
});
