import type { NetworkGrant } from '../../contract/admission.ts';
import type { AdmissionState } from '../../contract/terms.ts';
import type { Database, SqlValue } from '../database.ts';

export interface AdmissionRow {
  admissionId: string;
  network: string;
  sourceId: string;
  hosts: NetworkGrant[];
  status: AdmissionState;
  reason: string | null;
  requestedBy: string;
  requestedAt: string;
  decidedAt: string | null;
  decidedBy: string | null;
  decisionReason: string | null;
  expiresMs: number | null;
  expiresPlaneMs: number | null;
  seq: number;
}
const SELECT = `SELECT admission_id, network, source_id, hosts, status, reason, requested_by, requested_at, decided_at, decided_by, decision_reason,
  expires_ms, expires_plane_ms, seq FROM admission`;
const toRow = (r: SqlValue[]): AdmissionRow => ({
  admissionId: r[0] as string,
  network: r[1] as string,
  sourceId: r[2] as string,
  hosts: JSON.parse(r[3] as string) as NetworkGrant[],
  status: r[4] as AdmissionState,
  reason: r[5] as string | null,
  requestedBy: r[6] as string,
  requestedAt: r[7] as string,
  decidedAt: r[8] as string | null,
  decidedBy: r[9] as string | null,
  decisionReason: r[10] as string | null,
  expiresMs: r[11] as number | null,
  expiresPlaneMs: r[12] as number | null,
  seq: r[13] as number,
});

export const admissionById = (db: Database, admissionId: string): AdmissionRow | undefined => {
  const row = db.get(`${SELECT} WHERE admission_id = ?`, [admissionId]);
  return row === undefined ? undefined : toRow(row);
};
/** Grants in force and requests that wait: what the memory keeps. */
export const openAdmissions = (db: Database): AdmissionRow[] =>
  db.all(`${SELECT} WHERE status IN ('pending', 'granted') ORDER BY seq`).map(toRow);
export const countPendingAdmissions = (db: Database): number =>
  Number(db.get("SELECT count(*) FROM admission WHERE status = 'pending'")?.[0] ?? 0);
export const allAdmissions = (db: Database): AdmissionRow[] => db.all(`${SELECT} ORDER BY seq`).map(toRow);

export interface AdmissionFilter {
  statuses?: readonly string[] | undefined;
  network?: string | undefined;
  sourceId?: string | undefined;
  beforeSeq: number;
  limit: number;
}
/** Newest first. */
export function listAdmissions(db: Database, filter: AdmissionFilter): AdmissionRow[] {
  const where = ['seq < ?'];
  const params: SqlValue[] = [filter.beforeSeq];
  const oneOf = (column: string, values: readonly string[] | undefined): void => {
    if (values === undefined) return;
    where.push(`${column} IN (${values.map(() => '?').join()})`);
    params.push(...values);
  };
  oneOf('status', filter.statuses);
  oneOf('network', filter.network === undefined ? undefined : [filter.network]);
  oneOf('source_id', filter.sourceId === undefined ? undefined : [filter.sourceId]);
  return db
    .all(`${SELECT} WHERE ${where.join(' AND ')} ORDER BY seq DESC LIMIT ?`, [...params, filter.limit])
    .map(toRow);
}

/** Jobs of one bucket that wait for an admission, oldest first. */
export const heldForAdmission = (db: Database, bucket: number, limit: number): number[] =>
  db
    .all("SELECT seq FROM job WHERE state = 'held' AND hold = 'admission' AND bucket = ? ORDER BY seq LIMIT ?", [
      bucket,
      limit,
    ])
    .map((r) => r[0] as number);
