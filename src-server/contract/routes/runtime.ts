import { z } from 'zod';
import * as agent from '../agent.ts';
import * as job from '../job.ts';
import { ARTIFACT_LIMIT_BYTES, BULK_BODY_LIMIT_BYTES } from '../limits.ts';
import { queryCount, queryWaitMs } from '../primitives.ts';
import * as runtime from '../runtime.ts';
import { fenced, LEASE_PATH, type RouteSpec, RUNTIME_PATH } from './route-spec.ts';

/** Routes of runners. */
export const RUNTIME_ROUTES = {
  bootstrap: {
    method: 'GET',
    path: '/api/v1/runner/bootstrap',
    summary: 'The runner, one ES module for Node 20 or newer',
    principal: 'none',
    answers: { 200: 'javascript' },
  },
  runnerModule: {
    method: 'GET',
    path: '/api/v1/runner/modules/{sha256}',
    summary: 'A further module of the runner, by the digest that stands in the runner',
    principal: 'none',
    answers: { 200: 'javascript' },
  },
  hello: {
    method: 'POST',
    path: `${RUNTIME_PATH}/hello`,
    summary: 'Prove the plane to a runner and hand out a nonce',
    principal: 'none',
    body: runtime.helloRequest,
    answers: { 200: runtime.helloAnswer },
  },
  claim: {
    method: 'POST',
    path: `${RUNTIME_PATH}/claim`,
    summary: 'Register and claim work',
    principal: 'claim',
    body: runtime.claimRequest,
    idempotency: 'required',
    answers: { 200: runtime.claimAnswer, 204: 'empty' },
  },
  heartbeat: {
    method: 'POST',
    path: `${RUNTIME_PATH}/heartbeat`,
    summary: 'Sign of life; renews every named lease',
    principal: 'runner',
    body: runtime.heartbeatRequest,
    answers: { 200: runtime.heartbeatAnswer },
  },
  start: fenced('start', 'The attempt starts', runtime.startRequest, runtime.startAnswer),
  progress: fenced('progress', 'Progress of the attempt', runtime.progressRequest, runtime.okAnswer),
  complete: {
    ...fenced('complete', 'The attempt ended; settles the lease', runtime.completeRequest, runtime.settleAnswer),
    bodyLimitBytes: BULK_BODY_LIMIT_BYTES,
  },
  fail: {
    ...fenced('fail', 'The attempt failed; settles the lease', runtime.failRequest, runtime.settleAnswer),
    bodyLimitBytes: BULK_BODY_LIMIT_BYTES,
  },
  action: fenced('actions', 'A call of an agent job, done or refused', agent.actionRequest, agent.actionAnswer),
  release: fenced('release', 'Give the lease back', runtime.releaseRequest, runtime.settleAnswer),
  logPut: {
    method: 'PUT',
    path: `${LEASE_PATH}/log`,
    summary: 'Append output at an offset',
    principal: 'runner',
    body: runtime.logPut,
    answers: { 200: runtime.logAnswer },
  },
  artifactPut: {
    method: 'PUT',
    path: `${LEASE_PATH}/artifacts/{path}`,
    summary: 'Store an output file',
    principal: 'runner',
    body: 'bytes',
    bodyLimitBytes: ARTIFACT_LIMIT_BYTES,
    answers: { 200: runtime.artifactAnswer },
  },
  input: {
    method: 'GET',
    path: `${LEASE_PATH}/inputs/{sha256}`,
    summary: 'Bytes of an input',
    principal: 'runner',
    answers: { 200: 'bytes' },
  },
  doctor: {
    method: 'POST',
    path: `${RUNTIME_PATH}/doctor`,
    summary: 'Report the checks of the runner',
    principal: 'runner',
    body: runtime.doctorRequest,
    answers: { 200: runtime.doctorAnswer },
  },
  sessionEnd: {
    method: 'POST',
    path: `${RUNTIME_PATH}/sessions/end`,
    summary: 'Goodbye; the key brings the session back',
    principal: 'runner',
    body: job.reasonBody,
    answers: { 200: runtime.okAnswer },
  },
  directives: {
    method: 'GET',
    path: `${RUNTIME_PATH}/directives`,
    summary: 'Long poll for cancel, stop, drain',
    principal: 'runner',
    query: z.strictObject({ after: queryCount.default(0), wait_ms: queryWaitMs.default(0) }),
    answers: { 200: runtime.directivesAnswer, 204: 'empty' },
  },
} as const satisfies Record<string, RouteSpec>;
