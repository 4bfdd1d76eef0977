import type { z } from 'zod';
import type { Admission, admissionListQuery } from '../../contract/admission.ts';
import { admissionSentence } from '../../domain/admissions/standing.ts';
import { type AdmissionRow, admissionById, listAdmissions } from '../../state/queries/admissions.ts';
import type { Engine } from '../engine.ts';
import { keyOfCursor, pageOf } from './page.ts';

function toAdmission(engine: Engine, row: AdmissionRow): Admission {
  const source = engine.hot.fleet.source(row.sourceId);
  const isLimited = row.status === 'granted' && row.expiresPlaneMs !== null;
  const inUse = [...source.activeLeases].filter((leaseId) => {
    const lease = engine.hot.lease(leaseId);
    return lease !== undefined && engine.submitted(lease.jobSeq).spec.network === row.network;
  });
  return {
    admission_id: row.admissionId,
    network: row.network,
    source_id: row.sourceId,
    source_name: source.name,
    hosts: row.hosts,
    status: row.status,
    sentence: admissionSentence({
      network: row.network,
      status: row.status,
      sourceName: source.name,
      hosts: row.hosts,
      requestedBy: row.requestedBy,
      decidedBy: row.decidedBy,
      reason: row.decisionReason,
    }),
    reason: row.reason,
    requested_by: row.requestedBy,
    requested_at: row.requestedAt,
    decided_by: row.decidedBy,
    decided_at: row.decidedAt,
    decision_reason: row.decisionReason,
    expires_ms: row.expiresMs,
    expires_in_ms: isLimited ? Math.max(0, (row.expiresPlaneMs as number) - engine.planeMs) : null,
    leases_in_use: row.status === 'granted' ? inUse.length : 0,
  };
}

/** One admission; null when it is not of this workspace. */
export function admissionView(engine: Engine, admissionId: string): Admission | null {
  const row = admissionById(engine.state.db, admissionId);
  return row === undefined ? null : toAdmission(engine, row);
}

/** Newest first. */
export const listAdmissionsView = (
  engine: Engine,
  query: z.output<typeof admissionListQuery>,
): { items: Admission[]; next_cursor: string | null } =>
  pageOf(
    listAdmissions(engine.state.db, {
      statuses: query.status?.split(',').filter((w) => w !== ''),
      network: query.network,
      sourceId: query.source_id,
      beforeSeq: keyOfCursor(query.cursor) ?? Number.MAX_SAFE_INTEGER,
      limit: query.limit + 1,
    }),
    query.limit,
    (a) => a.seq,
    (row) => toAdmission(engine, row),
  );
