import { createHash } from 'node:crypto';
import type { Database } from '../database.ts';

/** A digest over every row of every table, for comparing two states. `meta` is left out: it is written only at a snapshot. */
export function dumpTables(db: Database): string {
  const hash = createHash('sha256');
  const tables = db.all(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('meta') AND name NOT LIKE 'sqlite_%' ORDER BY name",
  );
  for (const [name] of tables) {
    hash.update(`${name}\n`);
    for (const row of db.all(`SELECT * FROM ${name} ORDER BY 1, 2`)) hash.update(`${JSON.stringify(row)}\n`);
  }
  return hash.digest('hex');
}
