import type { SqlValue } from './database.ts';

/** A table that is written row by row. */
export interface RowTable {
  readonly name: string;
  /** All columns in the order of the rows, the key first. */
  readonly columns: readonly string[];
  /** A new row takes the place of the one with its key; otherwise that is a fault. */
  readonly replaces?: boolean;
  /** How many rows may wait while the plane works, where more than usual is worth it. */
  readonly waiting?: number;
  /** Whether a whole row tells of something that is over, which a start can do without. */
  readonly isOver?: (row: Row) => boolean;
}

/** What a buffer needs of the database: statements that do not flush it again. */
export interface RowSink {
  write(sql: string, params: SqlValue[]): void;
  find(sql: string, params: SqlValue[]): SqlValue[] | undefined;
}

/** Values by column name; a column that is not named holds NULL in a new row, and what it held in an old one. */
export type Row = Record<string, SqlValue>;
/** A whole row. @param values in the order of the table's columns. */
export function namedRow(table: RowTable, values: readonly SqlValue[]): Row {
  const row: Row = {};
  for (let at = 0; at < table.columns.length; at++) row[table.columns[at] as string] = values[at] ?? null;
  return row;
}
type Pending = { isNew: boolean; row: Row };

/** So many rows wait at most while the plane works, so that whoever reads next waits for few; and so many are written at once. */
const PENDING_LIMIT = 256;
/** … and so many in a long replay, in which nobody reads: of any length it stays within memory. */
const PENDING_BULK_LIMIT = 50_000;

/** Rows that were made lately stay at hand after they were written: a job is asked for again at each step of its attempt. */
const KEPT_ROWS = 8_192;

/** Rows of one statement: its fixed cost is shared, and the count of its parameters stays small. */
const ROWS_PER_INSERT = 16;

/**
 * Writes to one table that wait until something reads it. A row that is made, changed and removed between two reads
 * costs what is left of it in the end: a replay writes a job once, and a lease that has ended never.
 */
export class RowBuffer {
  readonly #pending = new Map<SqlValue, Pending>();
  /** Whole rows as the table has them, with the changes that wait; the oldest goes first. */
  readonly #kept = new Map<SqlValue, Row>();
  readonly #key: string;
  readonly #insert: string;
  readonly #insertMany: string;
  readonly #select: string;
  readonly #remove: string;
  readonly #updates = new Map<string, string>();
  #pendingLimit: number;
  #keptLimit = KEPT_ROWS;

  constructor(
    private readonly table: RowTable,
    private readonly sink: RowSink,
  ) {
    const { name, columns, replaces = false } = table;
    this.#key = columns[0] as string;
    this.#pendingLimit = table.waiting ?? PENDING_LIMIT;
    const places = `(${columns.map(() => '?').join(',')})`;
    this.#insert = `INSERT ${replaces ? 'OR REPLACE ' : ''}INTO ${name}(${columns.join(', ')}) VALUES ${places}`;
    this.#insertMany = this.#insert + `,${places}`.repeat(ROWS_PER_INSERT - 1);
    this.#select = `SELECT ${columns.join(', ')} FROM ${name} WHERE ${this.#key} = ?`;
    this.#remove = `DELETE FROM ${name} WHERE ${this.#key} = ?`;
  }

  /** Whether nobody reads for long, so that many rows may wait. */
  set isBulk(isBulk: boolean) {
    this.#pendingLimit = isBulk ? PENDING_BULK_LIMIT : this.#workingLimit;
    this.#keptLimit = isBulk ? 0 : KEPT_ROWS;
  }

  /** Adds a row. */
  insert(row: Row): void {
    const key = row[this.#key] as SqlValue;
    if (this.table.replaces !== true) {
      const pending = this.#pending.get(key);
      if (pending?.isNew === true) throw new Error(`${this.table.name}: a second row ${key}`);
      // What waits for an older row with this key is not meant for the new one.
      if (pending !== undefined) this.flush();
    }
    this.#wait(key, { isNew: true, row });
  }

  /** Changes columns of the row with this key; without such a row nothing happens. */
  change(key: SqlValue, changes: Row): void {
    const pending = this.#pending.get(key);
    if (pending === undefined) this.#wait(key, { isNew: false, row: { ...changes } });
    else Object.assign(pending.row, changes);
    const kept = this.#kept.get(key);
    if (kept !== undefined) Object.assign(kept, changes);
  }

  /**
   * The row with this key, as a whole, which may be the buffer's own; what waits goes on waiting. Undefined when there is none.
   */
  look(key: SqlValue): Readonly<Row> | undefined {
    const pending = this.#pending.get(key);
    const whole = pending?.isNew === true ? pending.row : this.#kept.get(key);
    if (whole !== undefined) return whole;
    const found = this.#find(key);
    return found === undefined || pending === undefined ? found : { ...found, ...pending.row };
  }

  /** Removes a row and hands it out; undefined when there is none. */
  take(key: SqlValue): Row | undefined {
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    if (pending?.isNew === true && this.table.replaces !== true) return pending.row;
    const whole = pending?.isNew === true ? pending.row : this.#kept.get(key);
    const found = whole ?? this.#find(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.sink.write(this.#remove, [key]);
    return { ...found, ...pending?.row };
  }

  /** The table is about to be written past this buffer: nothing that is kept can be trusted any more. */
  forget(): void {
    this.#kept.clear();
  }

  /** Writes what waits. */
  flush(): void {
    if (this.#pending.size > 0) this.#write(this.#pending.size);
  }

  /** Writes what waits, but for new rows that are over. */
  flushOpen(): void {
    if (this.#pending.size > 0) this.#write(this.#pending.size, this.table.isOver);
  }

  /** Writes some of what waits. True when no more of it waits than while the plane works. */
  flushSome(): boolean {
    if (this.#pending.size > 0) this.#write(PENDING_LIMIT);
    return this.#pending.size <= this.#workingLimit;
  }

  /** New rows that wait and are over. */
  *over(): Generator<Row> {
    for (const { isNew, row } of this.#pending.values()) if (isNew && this.table.isOver?.(row) === true) yield row;
  }

  get #workingLimit(): number {
    return this.table.waiting ?? PENDING_LIMIT;
  }

  /** Writes the rows that have waited longest. @param mayWait of new rows: this one goes on waiting. */
  #write(count: number, mayWait?: (row: Row) => boolean): void {
    const fresh: Row[] = [];
    let left = count;
    for (const [key, { isNew, row }] of this.#pending) {
      if (left-- === 0) break;
      if (isNew && mayWait?.(row) === true) continue;
      this.#pending.delete(key);
      if (isNew) {
        fresh.push(row);
        this.#keep(key, row);
      } else this.sink.write(this.#updateOf(row), [...Object.values(row), key]);
    }
    let at = 0;
    for (; at + ROWS_PER_INSERT <= fresh.length; at += ROWS_PER_INSERT)
      this.sink.write(this.#insertMany, this.#valuesOf(fresh, at, at + ROWS_PER_INSERT));
    for (; at < fresh.length; at++) this.sink.write(this.#insert, this.#valuesOf(fresh, at, at + 1));
  }

  #wait(key: SqlValue, pending: Pending): void {
    this.#pending.set(key, pending);
    if (this.#pending.size > this.#pendingLimit) this.#write(PENDING_LIMIT);
  }

  #find(key: SqlValue): Row | undefined {
    const values = this.sink.find(this.#select, [key]);
    return values && namedRow(this.table, values);
  }

  #keep(key: SqlValue, row: Row): void {
    // Of a ring nobody asks for a row by its slot.
    if (this.table.replaces === true || this.#keptLimit === 0) return;
    this.#kept.set(key, row);
    if (this.#kept.size > this.#keptLimit) this.#kept.delete(this.#kept.keys().next().value as SqlValue);
  }

  #valuesOf(rows: readonly Row[], from: number, to: number): SqlValue[] {
    const values: SqlValue[] = [];
    for (let at = from; at < to; at++) for (const column of this.table.columns) values.push(rows[at]?.[column] ?? null);
    return values;
  }

  #updateOf(changes: Row): string {
    const columns = Object.keys(changes);
    const name = columns.join();
    let sql = this.#updates.get(name);
    if (sql === undefined) {
      sql = `UPDATE ${this.table.name} SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE ${this.#key} = ?`;
      this.#updates.set(name, sql);
    }
    return sql;
  }
}
