import * as admission from '../admission.ts';
import * as approval from '../approval.ts';
import * as job from '../job.ts';
import { act, fenced, LEASE_PATH, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

/** What people are asked and what they admitted: approvals, admissions, and the questions of a run. */
export const APPROVALS_ROUTES = {
  approvals: read(
    `${WORKSPACE_PATH}/approvals`,
    'Approvals, newest first',
    approval.approvalList,
    approval.approvalListQuery,
  ),
  approval: read(
    `${WORKSPACE_PATH}/approvals/{approval_id}`,
    'One approval, with its effects and what changed',
    approval.approvalDetail,
  ),
  approvalDecide: act(
    `${WORKSPACE_PATH}/approvals/{approval_id}/decide`,
    'Approve or reject',
    'approve',
    approval.approvalDecide,
    { 200: approval.approvalDetail },
  ),
  admissions: read(
    `${WORKSPACE_PATH}/admissions`,
    'Admissions for private networks, newest first',
    admission.admissionList,
    admission.admissionListQuery,
  ),
  admission: read(`${WORKSPACE_PATH}/admissions/{admission_id}`, 'One admission', admission.admission),
  admissionRequest: act(
    `${WORKSPACE_PATH}/admissions`,
    'Ask that a source may reach hosts of a private network',
    'operate',
    admission.admissionRequest,
    { 201: admission.admission },
  ),
  admissionDecide: act(
    `${WORKSPACE_PATH}/admissions/{admission_id}/decide`,
    'Grant or reject',
    'approve',
    admission.admissionDecide,
    { 200: admission.admission },
  ),
  admissionRevoke: act(
    `${WORKSPACE_PATH}/admissions/{admission_id}/revoke`,
    'End a grant; jobs that use it are told to stop',
    'approve',
    job.reasonBody,
    { 200: admission.admission },
  ),
  approvalAsk: {
    ...fenced('approvals', 'A run asks for approval midway', approval.approvalAsk, approval.approvalAnswer),
    answers: { 201: approval.approvalAnswer },
  },
  approvalWait: {
    method: 'GET',
    path: `${LEASE_PATH}/approvals/{approval_id}`,
    summary: 'The answer to a question of the run, as a long poll with wait_ms',
    principal: 'runner',
    query: approval.approvalWaitQuery,
    answers: { 200: approval.approvalAnswer },
  },
} as const satisfies Record<string, RouteSpec>;
