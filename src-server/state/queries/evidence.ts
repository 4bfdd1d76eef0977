import type { Database, SqlValue } from '../database.ts';

/** A signed head of the log with what witnesses said of it. */
export interface CheckpointRow {
  /** Entries that it covers. */
  size: number;
  /** The entry that holds it. */
  seq: number;
  at: string;
  /** The signed note, with the log's own signature only. */
  note: string;
  /** Signature lines of witnesses, each with its newline. */
  cosignatures: string[];
}

const COLUMNS = 'SELECT size, seq, at, note, cosignatures FROM checkpoint';
const rowOf = (r: SqlValue[] | undefined): CheckpointRow | null =>
  r === undefined
    ? null
    : {
        size: Number(r[0]),
        seq: Number(r[1]),
        at: String(r[2]),
        note: String(r[3]),
        cosignatures: JSON.parse(String(r[4])) as string[],
      };

export const newestCheckpoint = (db: Database): CheckpointRow | null =>
  rowOf(db.get(`${COLUMNS} ORDER BY size DESC LIMIT 1`));

export const checkpointOfSize = (db: Database, size: number): CheckpointRow | null =>
  rowOf(db.get(`${COLUMNS} WHERE size = ?`, [size]));

/** The newest that a witness signed. */
export const newestCosigned = (db: Database): CheckpointRow | null =>
  rowOf(db.get(`${COLUMNS} WHERE cosignatures <> '[]' ORDER BY size DESC LIMIT 1`));
