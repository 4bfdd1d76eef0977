import initSqlJs, { type Database as SqlDatabase, type SqlJsStatic, type Statement } from 'sql.js';

export type SqlValue = string | number | null;
let engine: Promise<SqlJsStatic> | undefined;

/** Loads the WASM engine once per process. */
export const loadSqlEngine = (): Promise<SqlJsStatic> => (engine ??= initSqlJs());

/**
 * SQLite in memory with every statement prepared once. Rows come back as arrays in the order of the columns.
 * Writes of one batch share a transaction: `begin` is idempotent and `commit` ends it; an export needs it ended.
 */
export class Database {
  private readonly statements = new Map<string, Statement>();
  private isInTransaction = false;

  constructor(private readonly db: SqlDatabase) {
    db.run('PRAGMA journal_mode = OFF');
    db.run('PRAGMA synchronous = OFF');
    db.run('PRAGMA temp_store = MEMORY');
    // Nobody else opens it, and a page that is pushed out of the cache would only be copied within the same memory.
    db.run('PRAGMA locking_mode = EXCLUSIVE');
    db.run('PRAGMA cache_size = -16384');
  }

  static async open(bytes?: Uint8Array): Promise<Database> {
    const sql = await loadSqlEngine();
    return new Database(new sql.Database(bytes));
  }

  /** Runs several statements without parameters, such as a schema. */
  script(sql: string): void {
    this.db.exec(sql);
  }

  run(sql: string, params: SqlValue[] = []): void {
    this.begin();
    this.prepare(sql).run(params);
  }

  get(sql: string, params: SqlValue[] = []): SqlValue[] | undefined {
    const statement = this.prepare(sql);
    statement.bind(params);
    const row = statement.step() ? (statement.get() as SqlValue[]) : undefined;
    statement.reset();
    return row;
  }

  all(sql: string, params: SqlValue[] = []): SqlValue[][] {
    const rows: SqlValue[][] = [];
    const statement = this.prepare(sql);
    statement.bind(params);
    while (statement.step()) rows.push(statement.get() as SqlValue[]);
    statement.reset();
    return rows;
  }

  /** Rows changed by the last write. */
  changes(): number {
    return this.db.getRowsModified();
  }

  begin(): void {
    if (this.isInTransaction) return;
    this.isInTransaction = true;
    this.db.run('BEGIN');
  }

  commit(): void {
    if (!this.isInTransaction) return;
    this.db.run('COMMIT');
    this.isInTransaction = false;
  }

  /** The whole database as an ordinary SQLite file; blocks about 1.2 ms per MB. */
  export(): Uint8Array {
    this.commit();
    return this.db.export();
  }

  close(): void {
    for (const statement of this.statements.values()) statement.free();
    this.statements.clear();
    this.db.close();
  }

  private prepare(sql: string): Statement {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}
