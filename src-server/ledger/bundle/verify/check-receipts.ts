import { createHash } from 'node:crypto';
import { dsse } from '../../../contract/primitives.ts';
import {
  PROVENANCE_PREDICATE_TYPE,
  RECEIPT_TYPE,
  RUN_PREDICATE_TYPE,
  SETTLEMENT_PREDICATE_TYPE,
} from '../../../contract/receipt.ts';
import { openEnvelope } from '../../receipts/dsse.ts';
import { entryName } from '../layout.ts';
import { BundleFault } from './bundle-files.ts';
import { callsOnRecord, differs, LEASE_ENDS } from './check-calls.ts';
import type { Judged, JudgedEntry } from './check-trust.ts';

const TYPE_OF: Readonly<Record<string, string>> = {
  run: RUN_PREDICATE_TYPE,
  late: RUN_PREDICATE_TYPE,
  settlement: SETTLEMENT_PREDICATE_TYPE,
  provenance: PROVENANCE_PREDICATE_TYPE,
};
type Predicate = Record<string, unknown>;

/** Each receipt is signed by who has to, and says what the entry it belongs to says; none of an ended lease is missing. */
export function checkReceipts(judged: Judged): string {
  const names = judged.files.below('receipts');
  const due = receiptsDue(judged);
  const digests = digestsAsRun(judged);
  const records = callsOnRecord(judged);
  const odd: string[] = [];
  for (const name of names) {
    const [, leaseId = '', kind = ''] = /^receipts\/(lse_\w+)\.(\w+)\.dsse\.json$/.exec(name) ?? [];
    const said = checkOne(judged, name, leaseId, kind);
    if (!due.has(name) && kind !== 'provenance') throw new BundleFault(`${name} belongs to no entry of the bundle`);
    const digest = digests.get(leaseId);
    const told = kind === 'provenance' ? parametersOf(said).job_digest : said.job_digest;
    if (digest !== undefined && told !== digest)
      throw new BundleFault(`${name} is about the job ${told}, but its entries say ${digest}`);
    if (kind === 'settlement') checkSettlement(judged, name, leaseId, said);
    const record = records.get(name);
    if (record !== undefined && differs(name, said, record)) odd.push(name);
  }
  for (const [name, sha256] of due) {
    const isThere = judged.files.has(name);
    if (!isThere && !(sha256 !== null && judged.trust?.leftOut.has(sha256) === true))
      throw new BundleFault(`${name} is missing, and not marked as left out`);
    if (isThere && sha256 !== null && judged.files.sha256(name) !== sha256)
      throw new BundleFault(`${name} is not the receipt that its entry names`);
  }
  const all = `${names.length} receipts are signed by who has to sign them, and fit their entries`;
  return odd.length === 0
    ? all
    : `${all}; as these say, ${odd.join(' and ')} ${odd.length === 1 ? 'does' : 'do'} not match the recorded calls`;
}

/** Receipts that entries speak of; a run receipt with its digest, the plane's own without. */
function receiptsDue({ entries }: Judged): Map<string, string | null> {
  const due = new Map<string, string | null>();
  for (const { events } of entries.values()) {
    for (const { type, body } of events) {
      const name = (kind: string): string => `receipts/${body.lease_id}.${kind}.dsse.json`;
      if (LEASE_ENDS.has(type)) {
        due.set(name('settlement'), null);
        if (body.run_receipt_sha256 !== null) due.set(name('run'), String(body.run_receipt_sha256));
      } else if (type === 'attempt.late_receipt') due.set(name('late'), String(body.run_receipt_sha256));
    }
  }
  return due;
}

/** The job's digest as each lease ran it; a range that begins after the job was submitted does not tell it. */
function digestsAsRun({ entries }: Judged): Map<unknown, unknown> {
  const digests = new Map<unknown, unknown>();
  const asRun = new Map<unknown, unknown>();
  for (const { events } of entries.values())
    for (const { type, body } of events) {
      if (type === 'job.submitted' || type === 'job.edited') digests.set(body.job_id, body.digest);
      else if (type === 'lease.granted' && digests.has(body.job_id)) asRun.set(body.lease_id, digests.get(body.job_id));
    }
  return asRun;
}

/** @returns the predicate, whose signer and lease are the right ones. */
function checkOne(judged: Judged, name: string, leaseId: string, kind: string): Predicate {
  const envelope = dsse.safeParse(judged.files.json(name));
  if (!envelope.success) throw new BundleFault(`${name} is not a DSSE envelope`);
  const isOfRunner = kind === 'run' || kind === 'late';
  // The predicate is read to find whose key it must be, and believed only when that key holds.
  const said = statementOf(name, Buffer.from(envelope.data.payload, 'base64'));
  const signer = isOfRunner ? judged.trust?.runnerKeys.get(String(said.predicate.session_id))?.key : judged.key;
  if (openEnvelope(envelope.data, RECEIPT_TYPE, signer ?? null) === null)
    throw new BundleFault(
      `${name} is not signed by ${isOfRunner ? `the key of ${said.predicate.session_id}` : "the log's key"}`,
    );
  if (said.predicateType !== TYPE_OF[kind]) throw new BundleFault(`${name} is a ${said.predicateType}`);
  const lease = kind === 'provenance' ? invocationOf(said.predicate) : said.predicate.lease_id;
  if (lease !== leaseId) throw new BundleFault(`${name} is about ${lease}`);
  return said.predicate;
}

function statementOf(name: string, payload: Buffer): { predicateType: string; predicate: Predicate } {
  try {
    const { predicateType, predicate } = JSON.parse(payload.toString('utf8'));
    if (typeof predicateType === 'string' && typeof predicate === 'object' && predicate !== null)
      return { predicateType, predicate };
  } catch {
    // One answer for every form that cannot be read.
  }
  throw new BundleFault(`${name} holds no in-toto statement`);
}

const invocationOf = ({ runDetails }: Predicate): string =>
  String((runDetails as { metadata?: { invocationId?: string } } | undefined)?.metadata?.invocationId).split('.')[0] ??
  '';

const parametersOf = ({ buildDefinition }: Predicate): { job_digest?: unknown } =>
  (buildDefinition as { externalParameters?: object } | undefined)?.externalParameters ?? {};

/** The settlement names its entry and the run receipt by their bytes. */
function checkSettlement({ files, entries }: Judged, name: string, leaseId: string, said: Predicate): void {
  const seq = Number(said.log_index);
  const end = endOf(entries.get(seq), leaseId);
  if (end === undefined)
    throw new BundleFault(`${name} says that entry ${seq} ended its lease, which is not in the bundle`);
  const sha256 = createHash('sha256')
    .update(files.bytes(entryName(seq)))
    .digest('hex');
  if (said.entry_sha256 !== sha256) throw new BundleFault(`${name} names another entry ${seq}`);
  if (said.run_receipt_sha256 !== end.run_receipt_sha256 || said.outcome !== end.outcome)
    throw new BundleFault(`${name} and ${entryName(seq)} tell two stories`);
}

const endOf = (entry: JudgedEntry | undefined, leaseId: string): Record<string, unknown> | undefined =>
  entry?.events.find(({ type, body }) => LEASE_ENDS.has(type) && body.lease_id === leaseId)?.body;
