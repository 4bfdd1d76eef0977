import { expect, test } from 'vitest';
import { Database } from './database.ts';

const TABLE = 'CREATE TABLE item(id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT';

test('an export is a whole database of today’s page size, and what was prepared before goes on', async () => {
  const db = await Database.open();
  db.script(TABLE);
  for (let id = 0; id < 2_000; id++) db.run('INSERT INTO item(id, name) VALUES (?,?)', [id, `item ${id}`]);
  const bytes = db.export();
  db.run('INSERT INTO item(id, name) VALUES (?,?)', [2_000, 'after the export']);

  const copy = await Database.open(bytes);
  expect(copy.get('PRAGMA page_size')).toEqual([8_192]);
  expect(copy.get('PRAGMA integrity_check')).toEqual(['ok']);
  expect(copy.all('SELECT id, name FROM item')).toEqual(Array.from({ length: 2_000 }, (_, id) => [id, `item ${id}`]));
  expect(db.get('SELECT count(*) FROM item')).toEqual([2_001]);
  copy.close();
  db.close();
});

test('a file with another page size is read, written and exported as it is', async () => {
  const { default: initSqlJs } = await import('sql.js');
  const old = new (await initSqlJs()).Database();
  old.run('PRAGMA page_size = 4096');
  old.run(`${TABLE}; INSERT INTO item VALUES (1, 'kept')`);
  const db = await Database.open(old.export());
  db.run("INSERT INTO item(id, name) VALUES (2, 'new')");
  const copy = await Database.open(db.export());
  expect(copy.get('PRAGMA page_size')).toEqual([4_096]);
  expect(copy.all('SELECT name FROM item')).toEqual([['kept'], ['new']]);
  for (const each of [copy, db, old]) each.close();
});
