import initSqlJs, { type Database as SqlDatabase, type SqlJsStatic, type Statement } from 'sql.js';
import { RowBuffer, type RowTable } from './row-buffer.ts';

export type SqlValue = string | number | null | Uint8Array;
/**
 * An export goes page by page, and so does a commit: pages of twice SQLite's own size take a third off the pause of a snapshot
 * and off each write. Larger ones gain little more there, and a small change then copies more than it saves.
 */
const PAGE_BYTES = 8_192;
let engine: Promise<SqlJsStatic> | undefined;

/** Loads the WASM engine once per process. */
export const loadSqlEngine = (): Promise<SqlJsStatic> => (engine ??= initSqlJs());

/** A prepared statement, and the buffered tables that it speaks of. */
interface Prepared {
  statement: Statement;
  buffers: readonly RowBuffer[];
}

/**
 * SQLite in memory with every statement prepared once. Rows come back as arrays in the order of the columns.
 * Writes of one batch share a transaction: `begin` is idempotent and `commit` ends it; an export needs it ended.
 * Rows of the buffered tables may wait in memory: every statement that names such a table writes them first.
 */
export class Database {
  private readonly statements = new Map<string, Prepared>();
  private readonly buffers = new Map<string, RowBuffer>();
  private isInTransaction = false;
  private isOver = false;

  private constructor(
    private readonly db: SqlDatabase,
    buffered: readonly RowTable[],
  ) {
    const sink = {
      write: (sql: string, params: SqlValue[]) => {
        this.begin();
        this.prepare(sql).statement.run(params);
      },
      find: (sql: string, params: SqlValue[]) => this.first(this.prepare(sql).statement, params),
    };
    for (const table of buffered) this.buffers.set(table.name, new RowBuffer(table, sink));
    // Of a database that has no table yet; one that was opened from bytes keeps its own.
    db.run(`PRAGMA page_size = ${PAGE_BYTES}`);
    db.run('PRAGMA journal_mode = OFF');
    db.run('PRAGMA synchronous = OFF');
    db.run('PRAGMA temp_store = MEMORY');
    // Nobody else opens it, and a page that is pushed out of the cache would only be copied within the same memory.
    db.run('PRAGMA locking_mode = EXCLUSIVE');
    db.run('PRAGMA cache_size = -16384');
  }

  /** @param buffered tables that are written through `rows`. */
  static async open(bytes?: Uint8Array, buffered: readonly RowTable[] = []): Promise<Database> {
    const sql = await loadSqlEngine();
    return new Database(new sql.Database(bytes), buffered);
  }

  /** The rows of a buffered table. */
  rows(table: RowTable): RowBuffer {
    const buffer = this.buffers.get(table.name);
    if (buffer === undefined) throw new Error(`${table.name} is not buffered`);
    return buffer;
  }

  /** Whether nobody reads for long: rows of the buffered tables then wait in great numbers. */
  set isBulk(isBulk: boolean) {
    for (const buffer of this.buffers.values()) buffer.isBulk = isBulk;
  }

  /** Runs several statements without parameters, such as a schema. */
  script(sql: string): void {
    this.flush();
    for (const buffer of this.buffers.values()) buffer.forget();
    this.db.exec(sql);
  }

  run(sql: string, params: SqlValue[] = []): void {
    this.begin();
    const { statement, buffers } = this.upToDate(sql);
    for (const buffer of buffers) buffer.forget();
    statement.run(params);
  }

  get(sql: string, params: SqlValue[] = []): SqlValue[] | undefined {
    return this.first(this.upToDate(sql).statement, params);
  }

  all(sql: string, params: SqlValue[] = []): SqlValue[][] {
    this.upToDate(sql);
    return this.rowsOf(sql, params);
  }

  private rowsOf(sql: string, params: SqlValue[] = []): SqlValue[][] {
    const rows: SqlValue[][] = [];
    const { statement } = this.prepare(sql);
    statement.bind(params);
    while (statement.step()) rows.push(statement.get() as SqlValue[]);
    statement.reset();
    return rows;
  }

  /** Like `all`, of a question that asks for nothing that is over: such rows may go on waiting (`RowBuffer.over`). */
  allOpen(sql: string): SqlValue[][] {
    const { buffers } = this.prepare(sql);
    for (const buffer of buffers) buffer.flushOpen();
    return this.rowsOf(sql);
  }

  /** Makes or drops an index: rows that wait do not matter to it. */
  changeIndex(sql: string): void {
    this.db.exec(sql);
  }

  /** Writes some of the rows that wait. True when no more of them wait than while the plane works. */
  flushSome(): boolean {
    return [...this.buffers.values()].map((buffer) => buffer.flushSome()).every((isDone) => isDone);
  }

  begin(): void {
    if (this.isInTransaction) return;
    this.isInTransaction = true;
    this.db.run('BEGIN');
  }

  commit(): void {
    this.flush();
    if (!this.isInTransaction) return;
    this.db.run('COMMIT');
    this.isInTransaction = false;
  }

  /** The whole database as an ordinary SQLite file; blocks for 1.5 to 2.5 ms per MB. */
  export(): Uint8Array {
    this.commit();
    return this.db.export();
  }

  /** Nothing can be read any more. */
  get isClosed(): boolean {
    return this.isOver;
  }

  close(): void {
    this.isOver = true;
    for (const { statement } of this.statements.values()) statement.free();
    this.statements.clear();
    this.db.close();
  }

  private flush(): void {
    for (const buffer of this.buffers.values()) buffer.flush();
  }

  private first(statement: Statement, params: SqlValue[]): SqlValue[] | undefined {
    statement.bind(params);
    const row = statement.step() ? (statement.get() as SqlValue[]) : undefined;
    statement.reset();
    return row;
  }

  /** The statement, once the rows that it may see are written. */
  private upToDate(sql: string): Prepared {
    const prepared = this.prepare(sql);
    for (const buffer of prepared.buffers) buffer.flush();
    return prepared;
  }

  private prepare(sql: string): Prepared {
    let prepared = this.statements.get(sql);
    if (prepared === undefined) {
      const words = new Set(sql.match(/\w+/g));
      const buffers = [...this.buffers].filter(([name]) => words.has(name)).map(([, buffer]) => buffer);
      prepared = { statement: this.db.prepare(sql), buffers };
      this.statements.set(sql, prepared);
    }
    return prepared;
  }
}
