import * as evidence from '../evidence.ts';
import { type RouteSpec, RUNTIME_PATH, read, WORKSPACE_PATH } from './route-spec.ts';

/** What shows that the log is one and was not changed. */
export const EVIDENCE_ROUTES = {
  evidenceProof: read(
    `${WORKSPACE_PATH}/evidence/{seq}/proof`,
    'Proof that an entry is in the signed log',
    evidence.evidenceProof,
  ),
  evidenceCheckpoint: read(`${WORKSPACE_PATH}/evidence/checkpoint`, 'The newest signed head of the log', 'text'),
  evidenceConsistency: read(
    `${WORKSPACE_PATH}/evidence/consistency`,
    'Proof that a longer log begins with a shorter one',
    evidence.consistencyAnswer,
    evidence.consistencyQuery,
  ),
  witness: {
    method: 'GET',
    path: `${RUNTIME_PATH}/witness`,
    summary: 'The newest checkpoint, and the proof that it goes on from the one seen last',
    principal: 'runner',
    query: evidence.witnessQuery,
    answers: { 200: evidence.witnessAnswer },
  },
  witnessCosign: {
    method: 'POST',
    path: `${RUNTIME_PATH}/witness`,
    summary: 'Cosign a checkpoint',
    principal: 'runner',
    body: evidence.witnessRequest,
    answers: { 200: evidence.witnessRecorded },
  },
} as const satisfies Record<string, RouteSpec>;
