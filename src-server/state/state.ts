import type { EventBodies, OpenedWindow } from '../contract/events.ts';
import { IDEMPOTENCY_TTL_MS } from '../contract/limits.ts';
import { approvalAppliers } from './appliers/approval.ts';
import { budgetAppliers } from './appliers/budget.ts';
import { evidenceAppliers } from './appliers/evidence.ts';
import { governanceAppliers } from './appliers/governance.ts';
import { jobAppliers } from './appliers/job.ts';
import { leaseAppliers } from './appliers/lease.ts';
import { poolAppliers } from './appliers/pool.ts';
import { sdkAppliers } from './appliers/sdk.ts';
import { sourceAppliers } from './appliers/source.ts';
import { usageAppliers } from './appliers/usage.ts';
import { Database } from './database.ts';
import type { AppliedEntry, ApplyContext } from './entry-view.ts';
import { KeyIndex } from './key-index.ts';
import { BUFFERED, BULK_INDEXES, IDEMPOTENCY_SWEEP_ENTRIES, SCHEMA, SCHEMA_VERSION } from './schema.ts';

/** Facts that every entry moves; written to `meta` only when a snapshot is taken. */
export interface StateHead {
  /** Seq of the next entry to apply. */
  nextSeq: number;
  /** Hash of the last applied line. */
  root: string;
  /** Highest fencing token given out. */
  fence: number;
  /** Accumulated running time of the plane over all its starts, ms. */
  planeMs: number;
  boot: string;
  mono: number;
  config: {
    workspaceId: string;
    name: string;
    leaseTtlMs: number;
    timeZone: string;
    paused: boolean;
    usdMicrosPerCu: number;
  };
  /** Balance of the credit wallet, milli-CU; below zero when more was used than was put in. */
  walletMcu: number;
  /** The budget windows that are open; null before the first start. */
  windows: Record<OpenedWindow['window'], { startsMs: number; endsMs: number } | null>;
  /** The entries that handed the log to another key, oldest first: every bundle carries them. */
  rotationSeqs: number[];
}

export class StateVersionError extends Error {
  readonly code = 'schema.newer';
}
/** The snapshot has the tables of an older version; the log gives the state in today's. */
export class StateOutdatedError extends Error {
  readonly code = 'schema.older';
}

const CONFIG_FRESH: StateHead['config'] = {
  workspaceId: '',
  name: '',
  leaseTtlMs: 60_000,
  timeZone: 'UTC',
  usdMicrosPerCu: 0,
  paused: false,
};
const noSql = (): void => undefined;
/** Every event type of the contract has its applier; one that moves only the head, or nothing, says so here. */
const APPLIERS: { [T in keyof EventBodies]: (db: Database, body: EventBodies[T], ctx: ApplyContext) => void } = {
  ...jobAppliers,
  ...leaseAppliers,
  ...sourceAppliers,
  ...poolAppliers,
  ...sdkAppliers,
  ...governanceAppliers,
  ...approvalAppliers,
  ...budgetAppliers,
  ...evidenceAppliers,
  ...usageAppliers,
  'config.changed': noSql,
  'attempt.stopped': noSql,
  'export.made': noSql,
  'integrity.checked': noSql,
  'key.created': noSql,
  'key.rotated': noSql,
  'config.workspace': noSql,
  'config.operator': noSql,
  'config.operator_revoked': noSql,
};

/**
 * The state derived from the log: SQLite in memory and a head. `apply` is the only way it changes, live and in replay.
 */
export class State {
  private lastAt = '';
  private lastAtMs = 0;
  private areIndexesDropped = false;

  private constructor(
    readonly db: Database,
    readonly head: StateHead,
    /** Where the entries of each idempotency key are; a table only in a snapshot. */
    readonly keys: KeyIndex,
    /** What the snapshot kept of the tree over the log; the state does not know what is in it. Null without one. */
    readonly treeBytes: Buffer | null = null,
  ) {}

  /** A fresh state, before the first entry. */
  static async empty(): Promise<State> {
    const db = await Database.open(undefined, BUFFERED);
    db.script(SCHEMA);
    const head = {
      nextSeq: 0,
      root: '0'.repeat(64),
      fence: 0,
      planeMs: 0,
      boot: '',
      mono: 0,
      config: { ...CONFIG_FRESH },
      walletMcu: 0,
      windows: { day: null, week: null, month: null },
      rotationSeqs: [],
    };
    return new State(db, head, new KeyIndex());
  }

  /**
   * Opens a snapshot.
   * @throws StateVersionError when a newer version of the program wrote it, StateOutdatedError when an older one did.
   */
  static async fromSnapshot(bytes: Uint8Array): Promise<State> {
    const db = await Database.open(bytes, BUFFERED);
    const meta = new Map(db.all('SELECT key, value FROM meta').map(([k, v]) => [k as string, v as string]));
    if (Number(meta.get('schema_version')) > SCHEMA_VERSION)
      throw new StateVersionError('The snapshot was written by a newer version.');
    if (Number(meta.get('schema_version')) < SCHEMA_VERSION) {
      db.close();
      throw new StateOutdatedError('The snapshot was written by an older version.');
    }
    const keys = db.get('SELECT keys FROM idempotency WHERE id = 0')?.[0];
    db.run('DELETE FROM idempotency');
    const tree = db.get('SELECT bytes FROM tree WHERE id = 0')?.[0];
    db.run('DELETE FROM tree');
    return new State(
      db,
      JSON.parse(meta.get('head') ?? 'null') as StateHead,
      keys instanceof Uint8Array ? KeyIndex.fromBytes(keys) : new KeyIndex(),
      tree instanceof Uint8Array ? Buffer.from(tree) : null,
    );
  }

  /** Applies one entry: all its events or, if it throws, the state is unusable and must be opened again. */
  apply(entry: AppliedEntry, hash: string): void {
    const head = this.head;
    if (entry.seq !== head.nextSeq) throw new Error(`apply: entry ${entry.seq} where ${head.nextSeq} was expected`);
    // Running time counts only inside one boot: a stop of any length, or a clock that was set, adds nothing.
    if (entry.boot === head.boot) head.planeMs += Math.max(0, entry.mono - head.mono);
    head.boot = entry.boot;
    head.mono = entry.mono;
    const ctx: ApplyContext = { entry, atMs: this.msOf(entry.at), planeMs: head.planeMs, decision: null };
    for (const event of entry.events) {
      const applier = APPLIERS[event.type] as ((db: Database, body: unknown, ctx: ApplyContext) => void) | undefined;
      if (applier === undefined)
        throw new StateVersionError(`Entry ${entry.seq} holds the unknown event ${event.type}.`);
      applier(this.db, event.body, ctx);
      this.moveHead(event, entry.seq);
    }
    const { idem } = entry.ref;
    if (idem !== undefined) this.keys.add(String(idem), entry.seq);
    if (entry.seq % IDEMPOTENCY_SWEEP_ENTRIES === 0) this.forgetOldKeys(entry.seq, ctx.planeMs);
    head.nextSeq = entry.seq + 1;
    head.root = hash;
  }

  /** A replay begins: nothing is queried until `endReplay`. */
  beginReplay(): void {
    this.db.isBulk = true;
  }

  /** The replay is a long one: the indexes that every entry moves go until its end. */
  dropIndexes(): void {
    this.areIndexesDropped = true;
    for (const name of Object.keys(BULK_INDEXES)) this.db.changeIndex(`DROP INDEX ${name}`);
  }

  /** A replay ends. Its rows still wait: whoever reads a table writes them, `settle` all of them, `settleSome` a few. */
  endReplay(): void {
    if (!this.areIndexesDropped) return;
    this.areIndexesDropped = false;
    for (const sql of Object.values(BULK_INDEXES)) this.db.changeIndex(sql);
  }

  /** Writes into the tables whatever waits, so that the snapshot after it has little left to do. */
  settle(): void {
    this.db.commit();
    this.db.isBulk = false;
  }

  /** Writes some of what a replay left waiting. True when all of it is written. */
  settleSome(): boolean {
    if (!this.db.flushSome()) return false;
    this.db.isBulk = false;
    return true;
  }

  /** An ordinary SQLite file of the state as it is now. @param tree what to keep of the tree over the same entries. */
  snapshot(tree: Uint8Array | null = null): Uint8Array {
    this.db.run(
      "INSERT OR REPLACE INTO meta(key, value) VALUES ('schema_version', ?), ('head', ?), ('seq', ?), ('root', ?)",
      [String(SCHEMA_VERSION), JSON.stringify(this.head), String(this.head.nextSeq), this.head.root],
    );
    this.db.run('INSERT OR REPLACE INTO idempotency(id, keys) VALUES (0, ?)', [this.keys.toBytes()]);
    if (tree !== null) this.db.run('INSERT OR REPLACE INTO tree(id, bytes) VALUES (0, ?)', [tree]);
    const bytes = this.db.export();
    this.db.run('DELETE FROM idempotency');
    this.db.run('DELETE FROM tree');
    return bytes;
  }

  close(): void {
    this.db.close();
  }

  /** Entries of one batch mostly share their instant. */
  private msOf(at: string): number {
    if (at !== this.lastAt) {
      this.lastAt = at;
      this.lastAtMs = Date.parse(at);
    }
    return this.lastAtMs;
  }

  private moveHead(event: AppliedEntry['events'][number], seq: number): void {
    if (event.type === 'lease.granted') this.head.fence = event.body.fence;
    else if (event.type === 'key.rotated') this.head.rotationSeqs.push(seq);
    else if (event.type === 'integrity.checked') this.head.fence = event.body.fence ?? this.head.fence;
    else if (event.type === 'usage.wallet_debited' || event.type === 'usage.wallet_topped_up')
      this.head.walletMcu = event.body.balance_mcu;
    else if (event.type === 'budget.windows_opened' || event.type === 'time.jumped') {
      for (const { window, starts_ms: startsMs, ends_ms: endsMs } of event.body.windows ?? [])
        this.head.windows[window] = { startsMs, endsMs };
    } else if (event.type === 'config.changed') {
      const { config } = this.head;
      if (event.body.workspace_id !== undefined) config.workspaceId = event.body.workspace_id;
      if (event.body.name !== undefined) config.name = event.body.name;
      if (event.body.lease_ttl_ms !== undefined) config.leaseTtlMs = event.body.lease_ttl_ms;
      if (event.body.usd_micros_per_cu !== undefined) config.usdMicrosPerCu = event.body.usd_micros_per_cu;
      if (event.body.time_zone !== undefined) config.timeZone = event.body.time_zone;
      if (event.body.paused !== undefined) config.paused = event.body.paused;
    }
  }

  /**
   * Keys live for 24 hours of the plane's running time, which no clock that is set can cut short; a mark per sweep says
   * which sequence was reached when, so that age is known without a column.
   */
  private forgetOldKeys(seq: number, planeMs: number): void {
    const marks = JSON.parse(
      (this.db.get("SELECT value FROM meta WHERE key = 'idempotency_marks'")?.[0] as string | undefined) ?? '[]',
    ) as [number, number][];
    const old = marks.filter(([, markMs]) => planeMs - markMs > IDEMPOTENCY_TTL_MS);
    const oldest = old.at(-1);
    if (oldest !== undefined) this.keys.forgetBelow(oldest[0]);
    const kept = [...marks.slice(old.length), [seq, planeMs]];
    this.db.run("INSERT OR REPLACE INTO meta(key, value) VALUES ('idempotency_marks', ?)", [JSON.stringify(kept)]);
  }
}
