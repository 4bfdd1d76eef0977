import { describe, expect, test } from 'vitest';
import type { Assignment } from '../src-server/contract/runtime.ts';
import { signDsse } from './dsse.ts';
import { EnvelopeRefused, jobDigest, openEnvelope } from './envelope.ts';
import { FakePlane } from './testing/fake-plane.ts';
import { jobSpec } from './testing/fake-wire.ts';

const plane = new FakePlane();
const assignment = plane.assign(jobSpec()) as unknown as Assignment;
const payload = JSON.parse(Buffer.from(assignment.envelope.payload, 'base64').toString()) as Record<string, unknown>;
const open = (over: Record<string, unknown>) => {
  const envelope = signDsse(
    plane.key,
    assignment.envelope.payloadType,
    Buffer.from(JSON.stringify({ ...payload, ...over })),
  );
  return () => openEnvelope({ ...assignment, envelope }, plane.publicKey, plane.sessionId);
};

describe('the envelope', () => {
  test('yields what the plane signed for this session and lease', () => {
    expect(open({})()).toMatchObject({ fence: 41, digest: jobDigest(jobSpec()) });
  });

  test.each([
    ['another session', { session_id: 'ses_2' }],
    ['another lease', { lease_id: 'lse_2' }],
    ['another fence', { fence: 42 }],
    ['a job with another digest', { job: jobSpec({ command: { argv: ['rm'] } }) }],
    ['a job without canonical form', { job: jobSpec({ priority: 0.5 }) }],
    ['an id that is a path', { job_id: 'job_../../x' }],
    ['another version', { v: 2 }],
    ['no job', { job: null }],
  ])('is refused for %s', (_name, over) => {
    expect(open(over)).toThrow(EnvelopeRefused);
  });

  test('is refused from another key, and the job beside it counts for nothing', () => {
    expect(() => openEnvelope(assignment, new FakePlane().publicKey, plane.sessionId)).toThrow(/pinned plane key/);
    const beside = { ...assignment, job: { ...assignment.job, command: { argv: ['evil'], env: {}, shell: true } } };
    expect(openEnvelope(beside, plane.publicKey, plane.sessionId).job.command?.argv).toEqual(['true']);
  });
});
