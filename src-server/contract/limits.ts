/** Every limit of the product, named once. Bytes, milliseconds or counts as the name's last word says. */
export const BODY_LIMIT_BYTES = 1024 * 1024;
export const BULK_BODY_LIMIT_BYTES = 8 * 1024 * 1024;
export const ARTIFACT_LIMIT_BYTES = 1024 * 1024 * 1024;
export const LOG_CHUNK_LIMIT_BYTES = 256 * 1024;
/** Kept per stream of an attempt; the rest is counted and flagged. */
export const LOG_KEPT_LIMIT_BYTES = 10 * 1024 * 1024;
export const ARTIFACT_COUNT_LIMIT = 10_000;
/** A job without its inputs. */
export const JOB_SPEC_LIMIT_BYTES = 32 * 1024;
export const ENTRY_LIMIT_BYTES = 64 * 1024;
export const DECISION_LIMIT_BYTES = 8 * 1024;
export const JSON_DEPTH_LIMIT = 64;
export const JSON_KEYS_LIMIT = 20_000;
export const URL_LIMIT_BYTES = 8 * 1024;
export const LIST_LIMIT_MAX = 200;
export const LIST_LIMIT_DEFAULT = 50;
export const BULK_ITEMS_MAX = 1000;

export const LEASE_TTL_DEFAULT_MS = 60_000;
export const LEASE_TTL_MIN_MS = 5_000;
export const LEASE_TTL_MAX_MS = 3_600_000;
/** A granted lease must be started within this time or it lapses. */
export const START_WITHIN_MS = 10_000;
export const HEARTBEAT_INTERVAL_MAX_MS = 15_000;
export const LATE_AFTER_MS = 30_000;
export const OFFLINE_AFTER_MS = 300_000;
/** A cancel is a request; after this long the plane revokes the lease. */
export const STOP_WITHIN_MS = 15_000;
/** Wall time that runs away from the monotonic clock by more than this between two ticks is a jump. */
export const TIME_JUMP_MS = 5_000;
export const LAPSES_BEFORE_QUARANTINE = 3;
export const RETRY_BASE_MS = 1_000;
export const RETRY_CAP_MS = 60_000;
export const FALLBACK_AFTER_DEFAULT_MS = 60_000;
export const WAIT_MAX_MS = 30_000;
export const CLAIM_MAX_GRANTS = 32;
export const CAPACITY_MAX = 1_000;

/** How long a question waits for a person unless the job says otherwise. */
export const APPROVAL_EXPIRES_DEFAULT_MS = 3_600_000;
export const APPROVAL_EXPIRES_MIN_MS = 1_000;
export const APPROVAL_EXPIRES_MAX_MS = 30 * 86_400_000;
export const ADMISSION_EXPIRES_MIN_MS = 1_000;
export const ADMISSION_EXPIRES_MAX_MS = 366 * 86_400_000;
/** Host and port pairs of one admission. */
export const ADMISSION_HOSTS_MAX = 50;

/** A runner of a pool that was not heard of for this long is gone: its session ends. */
export const POOL_SESSION_UNSEEN_MS = 86_400_000;
/** A session of an SDK client that nobody heard of for so long is ended. Its next heartbeat registers it again. */
export const SDK_SESSION_UNSEEN_MS = 86_400_000;
/** Registration tokens of one pool that are in force at most. */
export const POOL_TOKENS_MAX = 100;

export const CREDENTIAL_TTL_DEFAULT_MS = 900_000;
export const CREDENTIAL_TTL_MIN_MS = 60_000;
export const CREDENTIAL_TTL_MAX_MS = 86_400_000;
export const SESSION_TOKEN_TTL_MS = 900_000;
export const NONCE_TTL_MS = 60_000;
export const HELLO_PER_SECOND = 10;
export const WRONG_BEARER_PER_MINUTE = 20;
export const IDEMPOTENCY_TTL_MS = 86_400_000;
export const SIGN_IN_CODE_TTL_MS = 300_000;
export const SIGN_IN_SESSION_TTL_MS = 43_200_000;
/** A client further back than this fetches again. */
export const STREAM_BACKLOG_ENTRIES = 10_000;
export const STREAM_COMMENT_MS = 15_000;
export const STREAM_PULSE_MS = 2_000;
/** Limits of one workspace: all of them stand in one entry. A limit for every work unit needs one line. */
export const BUDGET_LIMITS_MAX = 300;
/** A checkpoint is due after so many entries, or so long after the first of them, and never more often than the last. */
export const CHECKPOINT_AFTER_ENTRIES = 256;
export const CHECKPOINT_AFTER_MS = 60_000;
export const CHECKPOINT_EVERY_MS = 250;
/** Checkpoints that stay in the state; the others are in the log. */
export const CHECKPOINTS_KEPT = 64;
/** Cosignatures that are recorded of one checkpoint. */
export const WITNESSES_PER_CHECKPOINT = 16;
/** The anchor outside of the data directory is written at most this often. */
export const ANCHOR_EVERY_MS = 1_000;
/** After an accepted rollback fences begin so far past the last one that is known, and here when none is. */
export const FENCE_LEAP = 2 ** 20;
export const FENCE_LEAP_UNKNOWN = 2 ** 32;
/** Ids named in one group of a decision record. */
export const GROUP_IDS_MAX = 20;
/** The contract's version; the plane serves this one and the one before. */
export const CONTRACT_VERSION = 1;
/** A safe integer, as JSON and SQLite both keep it. */
export const SAFE_INTEGER_MAX = Number.MAX_SAFE_INTEGER;

/** Decisions that one what-if goes back at most. */
export const WHAT_IF_LAST_MAX = 2_000;
/** Moves that its answer lists at most. */
export const WHAT_IF_MOVES_MAX = 200;
/** Overrides that one policy may hold. */
export const OVERRIDES_MAX = 20;
