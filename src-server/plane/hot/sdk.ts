/** A key of an SDK client; its hash only. */
export interface HotApiKey {
  prefix: string;
  sha256: string;
  createdAt: string;
  createdBy: string;
  revokedAt: string | null;
}

/** A session of an SDK client: where it stands and what it last said of itself. It is no source and gets no lease. */
export interface HotSdkSession {
  sessionId: string;
  keyPrefix: string;
  agentId: string | null;
  wuId: string | null;
  registeredAt: string;
  /** Volatile: monotonic ms of the last call, and the health it told. */
  lastSeenMs: number | null;
  health: { busy?: boolean; stalled?: boolean; last_progress_at?: string };
}

/** Jobs that one WU keeps at most for the heartbeats of SDK clients: the newest decide. */
const JOBS_PER_WU = 20;
/** WUs of SDK sessions that are followed at most; the oldest are looked up again. */
const WUS_MAX = 10_000;

/** Keys and sessions of SDK clients. */
export class HotSdk {
  readonly keys = new Map<string, HotApiKey>();
  readonly keyByHash = new Map<string, string>();
  readonly sessions = new Map<string, HotSdkSession>();
  /** Monotonic ms since when beats are heard: what was heard before a restart is not known. */
  heardSinceMs = 0;
  /** Newest jobs of the WUs that a session asked about, oldest first; an answer costs no scan of the queue. */
  private readonly jobsOfWu = new Map<string, number[]>();

  addKey(key: HotApiKey): void {
    this.keys.set(key.prefix, key);
    this.keyByHash.set(key.sha256, key.prefix);
  }

  /** A job was submitted. */
  noteJob(wuId: string, seq: number): void {
    const seqs = this.jobsOfWu.get(wuId);
    if (seqs === undefined) return;
    seqs.push(seq);
    if (seqs.length > JOBS_PER_WU) seqs.shift();
  }

  /** Newest jobs of a WU, oldest first. @param load looks them up the first time that the WU is named. */
  jobs(wuId: string, load: (limit: number) => number[]): readonly number[] {
    let seqs = this.jobsOfWu.get(wuId);
    if (seqs === undefined) {
      seqs = load(JOBS_PER_WU).reverse();
      if (this.jobsOfWu.size >= WUS_MAX) this.jobsOfWu.delete(this.jobsOfWu.keys().next().value as string);
      this.jobsOfWu.set(wuId, seqs);
    }
    return seqs;
  }
}
