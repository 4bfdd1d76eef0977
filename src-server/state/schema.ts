import { TERMINAL_JOB_STATES } from '../contract/terms.ts';
import type { RowTable } from './row-buffer.ts';

/** Version of the tables below. A state file of a newer version is left untouched and refused
 * (`schema.newer`); one of an older version is passed over, because the log tells the same. */
export const SCHEMA_VERSION = 9;

/**
 * The state that is decided upon. Specifications, decision records and the history of attempts stay in the log and are
 * reached by sequence. STRICT tables keep integers integers; times named `_ms` are wall-clock milliseconds for display,
 * times named `_plane_ms` are the plane's own accumulated running time, which no clock change can move.
 */
export const SCHEMA = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE policy(version INTEGER PRIMARY KEY, body TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL) STRICT;
CREATE TABLE source(
  source_id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, side TEXT NOT NULL, state TEXT NOT NULL, state_reason TEXT,
  capacity INTEGER NOT NULL, offered INTEGER NOT NULL, labels TEXT NOT NULL, pinned_class TEXT, own_class TEXT, posture TEXT NOT NULL,
  cordoned TEXT, draining TEXT, revoked TEXT, doctor TEXT, session_id TEXT,
  enrolled_at TEXT NOT NULL, enrolled_by TEXT NOT NULL, pool TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE seat(
  session_id TEXT PRIMARY KEY, source_id TEXT NOT NULL, token_id TEXT NOT NULL, health TEXT NOT NULL, health_reason TEXT,
  health_plane_ms INTEGER NOT NULL, offered INTEGER NOT NULL, labels TEXT NOT NULL, pinned_class TEXT NOT NULL, own_class TEXT NOT NULL,
  posture TEXT NOT NULL, doctor TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE api_key(
  prefix TEXT PRIMARY KEY, key_sha256 TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL, revoked_at TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE sdk_session(
  session_id TEXT PRIMARY KEY, key_prefix TEXT NOT NULL, agent_id TEXT, wu_id TEXT, registered_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE pool_token(
  token_id TEXT PRIMARY KEY, source_id TEXT NOT NULL, compute_class TEXT, token_sha256 TEXT NOT NULL, created_at TEXT NOT NULL,
  created_by TEXT NOT NULL, revoked_at TEXT) STRICT, WITHOUT ROWID;
CREATE TABLE session(
  session_id TEXT PRIMARY KEY, source_id TEXT NOT NULL, public_key TEXT NOT NULL, state TEXT NOT NULL,
  registered_at TEXT NOT NULL, registered_seq INTEGER NOT NULL, facts TEXT NOT NULL, ended_order INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX session_ended ON session(ended_order) WHERE ended_order IS NOT NULL;
CREATE TABLE past_session(session_id TEXT PRIMARY KEY, registered_seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE enrollment(
  enrollment_id TEXT PRIMARY KEY, source_id TEXT NOT NULL, credential_sha256 TEXT NOT NULL, state TEXT NOT NULL, ttl_ms INTEGER NOT NULL,
  created_at TEXT NOT NULL, created_by TEXT NOT NULL, issued_plane_ms INTEGER NOT NULL, session_id TEXT, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE bucket(
  bucket INTEGER PRIMARY KEY, signature TEXT NOT NULL UNIQUE, outcome TEXT, answer_key TEXT, sentence TEXT, decision_id TEXT,
  decision_seq INTEGER, decided_plane_ms INTEGER) STRICT;
CREATE TABLE job(
  seq INTEGER PRIMARY KEY, job_id TEXT NOT NULL UNIQUE, wu_id TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, hold TEXT,
  stopping INTEGER NOT NULL, bucket INTEGER NOT NULL, priority INTEGER NOT NULL, attempt INTEGER NOT NULL, max_attempts INTEGER NOT NULL,
  fallback INTEGER NOT NULL, source_id TEXT, lease_id TEXT, why TEXT, decision_seq INTEGER, last_seq INTEGER NOT NULL,
  created_ms INTEGER NOT NULL, started_ms INTEGER, finished_ms INTEGER, queued_plane_ms INTEGER NOT NULL, ready_plane_ms INTEGER NOT NULL,
  max_queue_ms INTEGER, approval INTEGER NOT NULL, max_runtime_ms INTEGER NOT NULL, extras_mcu INTEGER NOT NULL,
  on_refusal TEXT NOT NULL) STRICT;
CREATE INDEX job_state ON job(state, seq);
CREATE TABLE lease(
  lease_id TEXT PRIMARY KEY, job_id TEXT NOT NULL, job_seq INTEGER NOT NULL, attempt INTEGER NOT NULL, fence INTEGER NOT NULL,
  source_id TEXT NOT NULL, session_id TEXT NOT NULL, assignment_run_id TEXT NOT NULL, compute_class TEXT NOT NULL, side TEXT NOT NULL,
  ttl_ms INTEGER NOT NULL, max_runtime_ms INTEGER NOT NULL, hold_mcu INTEGER NOT NULL, granted_seq INTEGER NOT NULL, granted_ms INTEGER NOT NULL,
  started_ms INTEGER, started_plane_ms INTEGER, rate_mcu_per_minute INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE ended_lease(
  slot INTEGER PRIMARY KEY, lease_id TEXT NOT NULL, job_id TEXT NOT NULL, job_seq INTEGER NOT NULL, attempt INTEGER NOT NULL,
  fence INTEGER NOT NULL, source_id TEXT NOT NULL, session_id TEXT NOT NULL, state TEXT NOT NULL, outcome TEXT NOT NULL,
  ttl_ms INTEGER NOT NULL, max_runtime_ms INTEGER NOT NULL, granted_ms INTEGER NOT NULL, started_ms INTEGER, ended_ms INTEGER NOT NULL,
  renewals INTEGER NOT NULL, end_seq INTEGER NOT NULL) STRICT;
CREATE INDEX ended_lease_id ON ended_lease(lease_id);
CREATE TABLE idempotency(id INTEGER PRIMARY KEY, keys BLOB NOT NULL) STRICT;
CREATE TABLE approval(
  approval_id TEXT PRIMARY KEY, kind TEXT NOT NULL, job_id TEXT, status TEXT NOT NULL, sentence TEXT NOT NULL, reason TEXT, kinds TEXT NOT NULL,
  digest TEXT, lease_id TEXT, subject TEXT, requested_by TEXT NOT NULL, expires_plane_ms INTEGER, requested_at TEXT NOT NULL,
  decided_at TEXT, decided_by TEXT, decision_reason TEXT, seq INTEGER NOT NULL, decided_seq INTEGER) STRICT, WITHOUT ROWID;
CREATE INDEX approval_job ON approval(job_id);
CREATE INDEX approval_status ON approval(status, seq);
CREATE TABLE admission(
  admission_id TEXT PRIMARY KEY, network TEXT NOT NULL, source_id TEXT NOT NULL, hosts TEXT NOT NULL, status TEXT NOT NULL, reason TEXT,
  requested_by TEXT NOT NULL, requested_at TEXT NOT NULL, decided_at TEXT, decided_by TEXT, decision_reason TEXT,
  expires_ms INTEGER, expires_plane_ms INTEGER, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE job_edit(job_seq INTEGER PRIMARY KEY, spec_seq INTEGER NOT NULL) STRICT;
CREATE TABLE use_by_scope(
  scope TEXT PRIMARY KEY, held_mcu INTEGER NOT NULL, spent_mcu INTEGER NOT NULL, day_mcu INTEGER NOT NULL, week_mcu INTEGER NOT NULL,
  month_mcu INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE budget(version INTEGER PRIMARY KEY, body TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, by TEXT NOT NULL) STRICT;
CREATE TABLE budget_warning(
  scope TEXT NOT NULL, window TEXT NOT NULL, percent INTEGER NOT NULL, PRIMARY KEY(scope, window, percent)) STRICT, WITHOUT ROWID;
CREATE TABLE tree(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL, cosignatures TEXT NOT NULL) STRICT;
CREATE TABLE usage(
  seq INTEGER PRIMARY KEY, lease_id TEXT NOT NULL UNIQUE, job_id TEXT NOT NULL, wu_id TEXT NOT NULL, compute_class TEXT NOT NULL,
  runtime_ms INTEGER NOT NULL, mcu INTEGER NOT NULL, usd_micros INTEGER NOT NULL, at TEXT NOT NULL, meter TEXT NOT NULL) STRICT;
CREATE INDEX usage_meter ON usage(meter, seq);
CREATE TABLE wallet(
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, mcu INTEGER NOT NULL, balance_mcu INTEGER NOT NULL, lease_id TEXT, reason TEXT,
  at TEXT NOT NULL, by TEXT NOT NULL) STRICT;
CREATE TABLE refusal(seq INTEGER PRIMARY KEY, job_id TEXT NOT NULL, cause TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
`;

/** Indexes that every entry moves: a long replay drops them and builds them once at its end. */
export const BULK_INDEXES = {
  job_state: 'CREATE INDEX job_state ON job(state, seq)',
  ended_lease_id: 'CREATE INDEX ended_lease_id ON ended_lease(lease_id)',
} as const;
/** From this many entries on, building anew is cheaper than moving. */
export const BULK_ENTRIES = 10_000;

/** Ended leases that stay in the state, the oldest overwritten first; older ones are found through their job. */
export const ENDED_LEASES_KEPT = 20_000;
/** Ended runners of pools that stay in state and memory; of older ones only the entry that holds their key is known. */
export const ENDED_SEATS_KEPT = 500;
/** A record of idempotency is dropped this many entries after it was made at the earliest, and not before its 24 hours. */
export const IDEMPOTENCY_SWEEP_ENTRIES = 4_096;

const columnsOf = (names: string): string[] => names.trim().split(/\s+/);

/** Tables of which an attempt moves rows several times; they are written through `Database.rows`. */
export const JOB: RowTable = {
  name: 'job',
  columns:
    columnsOf(`seq job_id wu_id title state hold stopping bucket priority attempt max_attempts fallback source_id lease_id why
    decision_seq last_seq created_ms started_ms finished_ms queued_plane_ms ready_plane_ms max_queue_ms approval max_runtime_ms extras_mcu on_refusal`),
  // A job moves several times in a short while, and whoever lists jobs waits some 15 ms for so many at most.
  waiting: 1_024,
  isOver: ({ state }) => TERMINAL_JOB_STATES.includes(state as (typeof TERMINAL_JOB_STATES)[number]),
};
export const LEASE: RowTable = {
  name: 'lease',
  columns:
    columnsOf(`lease_id job_id job_seq attempt fence source_id session_id assignment_run_id compute_class side ttl_ms max_runtime_ms
    hold_mcu granted_seq granted_ms started_ms started_plane_ms rate_mcu_per_minute`),
  // Only a start and a snapshot want them all; most leases end before that, and are never written.
  waiting: 2_048,
};
export const ENDED_LEASE: RowTable = {
  name: 'ended_lease',
  columns:
    columnsOf(`slot lease_id job_id job_seq attempt fence source_id session_id state outcome ttl_ms max_runtime_ms granted_ms started_ms
    ended_ms renewals end_seq`),
  replaces: true,
  isOver: () => true,
};
export const BUFFERED: readonly RowTable[] = [JOB, LEASE, ENDED_LEASE];
