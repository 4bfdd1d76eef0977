import { z } from 'zod';
import * as agent from '../agent.ts';
import * as decision from '../decision.ts';
import * as job from '../job.ts';
import { ARTIFACT_LIMIT_BYTES, BULK_BODY_LIMIT_BYTES } from '../limits.ts';
import { listOf } from '../primitives.ts';
import * as receipt from '../receipt.ts';
import { act, page, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

/** Jobs and what they read and leave. */
export const JOBS_ROUTES = {
  jobs: read(`${WORKSPACE_PATH}/jobs`, 'Jobs, newest first', job.jobList, job.jobListQuery),
  jobSubmit: {
    method: 'POST',
    path: `${WORKSPACE_PATH}/jobs`,
    summary: 'Submit a job',
    principal: 'operator',
    right: 'operate',
    body: job.jobSubmit,
    idempotency: 'required',
    answers: { 201: job.job },
  },
  jobBulk: {
    method: 'POST',
    path: `${WORKSPACE_PATH}/jobs/bulk`,
    summary: 'Submit up to 1,000 jobs',
    principal: 'operator',
    right: 'operate',
    body: job.jobBulk,
    bodyLimitBytes: BULK_BODY_LIMIT_BYTES,
    idempotency: 'optional',
    answers: { 200: job.jobBulkResult },
  },
  jobPreview: {
    method: 'POST',
    path: `${WORKSPACE_PATH}/jobs/preview`,
    summary: 'Where would this job go now',
    principal: 'operator',
    right: 'view',
    body: job.jobSubmit,
    answers: { 200: decision.explain },
  },
  job: read(`${WORKSPACE_PATH}/jobs/{job_id}`, 'One job', job.job),
  jobPatch: {
    method: 'PATCH',
    path: `${WORKSPACE_PATH}/jobs/{job_id}`,
    summary: 'Change a job that waits; an approval of it is void',
    principal: 'operator',
    right: 'operate',
    body: job.jobPatch,
    idempotency: 'optional',
    answers: { 200: job.job },
  },
  jobDecisions: read(
    `${WORKSPACE_PATH}/jobs/{job_id}/decisions`,
    'The series of answers, newest first',
    decision.decisionList,
    page,
  ),
  jobExplain: read(`${WORKSPACE_PATH}/jobs/{job_id}/explain`, 'The decision, run again now', decision.explain),
  jobAttempts: read(`${WORKSPACE_PATH}/jobs/{job_id}/attempts`, 'Attempts, oldest first', listOf(job.attempt), page),
  jobReceipts: read(
    `${WORKSPACE_PATH}/jobs/{job_id}/receipts`,
    'Signed receipts of every attempt, oldest first',
    receipt.receiptList,
  ),
  jobActions: read(`${WORKSPACE_PATH}/jobs/{job_id}/actions`, 'Calls of an agent job, oldest first', agent.actionList),
  jobLog: read(
    `${WORKSPACE_PATH}/jobs/{job_id}/log`,
    'Output of an attempt, live with wait_ms',
    job.jobLog,
    job.jobLogQuery,
  ),
  jobCancel: act(`${WORKSPACE_PATH}/jobs/{job_id}/cancel`, 'Cancel', 'operate', job.reasonBody, { 200: job.job }),
  jobRetry: act(`${WORKSPACE_PATH}/jobs/{job_id}/retry`, 'Submit it again as a new job', 'operate', job.reasonBody, {
    201: job.job,
  }),
  jobUnblock: act(
    `${WORKSPACE_PATH}/jobs/{job_id}/unblock`,
    'Make one change that the advisor suggests; needs the right that stands beside it',
    'view',
    decision.unblockBody,
    { 200: decision.unblockAnswer },
  ),
  artifact: read(`${WORKSPACE_PATH}/artifacts/{sha256}`, 'Bytes of an artifact, as an attachment', 'bytes'),
  blobPut: {
    method: 'PUT',
    path: `${WORKSPACE_PATH}/blobs/{sha256}`,
    summary: 'Store an input',
    principal: 'operator',
    right: 'operate',
    body: 'bytes',
    bodyLimitBytes: ARTIFACT_LIMIT_BYTES,
    answers: { 200: z.object({ sha256: z.string(), size_bytes: z.int() }) },
  },
} as const satisfies Record<string, RouteSpec>;
