import * as job from '../job.ts';
import * as source from '../source.ts';
import * as workspace from '../workspace.ts';
import { act, page, type RouteSpec, read, WORKSPACE_PATH } from './route-spec.ts';

/** The overview, sources and their enrollments. */
export const FLEET_ROUTES = {
  overview: read(
    `${WORKSPACE_PATH}/overview`,
    'Is it healthy, where does work go, what needs me',
    workspace.overview,
    workspace.overviewQuery,
  ),
  sources: read(`${WORKSPACE_PATH}/sources`, 'Sources', source.sourceList, source.sourceListQuery),
  source: read(
    `${WORKSPACE_PATH}/sources/{source_id}`,
    'One source with its leases and heartbeats',
    source.sourceDetail,
  ),
  sourcePatch: {
    method: 'PATCH',
    path: `${WORKSPACE_PATH}/sources/{source_id}`,
    summary: 'Change name, labels, capacity or pinned class',
    principal: 'operator',
    right: 'operate',
    body: source.sourcePatch,
    idempotency: 'optional',
    answers: { 200: source.source },
  },
  sourceCordon: act(`${WORKSPACE_PATH}/sources/{source_id}/cordon`, 'Give it no new job', 'operate', job.reasonBody, {
    200: source.source,
  }),
  sourceDrain: act(
    `${WORKSPACE_PATH}/sources/{source_id}/drain`,
    'Finish, then take none',
    'operate',
    source.drainBody,
    {
      200: source.source,
    },
  ),
  sourceResume: act(
    `${WORKSPACE_PATH}/sources/{source_id}/resume`,
    'Lift cordon, drain and quarantine',
    'operate',
    job.reasonBody,
    {
      200: source.source,
    },
  ),
  sourceRevoke: act(`${WORKSPACE_PATH}/sources/{source_id}/revoke`, 'End it for good', 'operate', job.reasonBody, {
    200: source.source,
  }),
  enrollments: read(`${WORKSPACE_PATH}/enrollments`, 'Enrollments', source.enrollmentList, page),
  enrollment: read(`${WORKSPACE_PATH}/enrollments/{enrollment_id}`, 'One enrollment', source.enrollment),
  enrollmentCreate: act(
    `${WORKSPACE_PATH}/enrollments`,
    'New one-time credential and its commands',
    'operate',
    source.enrollmentCreate,
    { 201: source.enrollmentCreated },
  ),
  enrollmentBurn: act(
    `${WORKSPACE_PATH}/enrollments/{enrollment_id}/burn`,
    'Burn the credential',
    'operate',
    job.reasonBody,
    {
      200: source.enrollment,
    },
  ),
  enrollmentReissue: act(
    `${WORKSPACE_PATH}/enrollments/{enrollment_id}/reissue`,
    'Burn it and make another for the same source',
    'operate',
    job.reasonBody,
    { 201: source.enrollmentCreated },
  ),
} as const satisfies Record<string, RouteSpec>;
