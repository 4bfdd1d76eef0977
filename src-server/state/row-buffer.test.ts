import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Database } from './database.ts';
import { RowBuffer, type RowTable } from './row-buffer.ts';

const OVER_FROM = 5;
const isOver = ({ size }: { size?: unknown }): boolean => typeof size === 'number' && size >= OVER_FROM;
const THING: RowTable = { name: 'thing', columns: ['id', 'name', 'size'], isOver };
const RING: RowTable = { name: 'ring', columns: ['slot', 'name'], replaces: true };

async function open(): Promise<Database> {
  const db = await Database.open(undefined, [THING, RING]);
  db.script('CREATE TABLE thing(id INTEGER PRIMARY KEY, name TEXT, size INTEGER) STRICT');
  db.script('CREATE TABLE ring(slot INTEGER PRIMARY KEY, name TEXT) STRICT');
  return db;
}
const all = (db: Database): unknown[] => db.all('SELECT id, name, size FROM thing ORDER BY id');

describe('rows that wait', () => {
  it('are seen by every statement that names their table', async () => {
    const db = await open();
    db.rows(THING).insert({ id: 1, name: 'a' });
    db.rows(THING).change(1, { size: 5 });
    expect(all(db)).toEqual([[1, 'a', 5]]);
    db.rows(THING).change(1, { name: null });
    db.run('UPDATE thing SET size = size + 1');
    expect(db.get('SELECT name, size FROM thing')).toEqual([null, 6]);
    db.close();
  });

  it('take the place of the row with their key only where the table says so', async () => {
    const db = await open();
    db.rows(RING).insert({ slot: 0, name: 'old' });
    db.rows(RING).insert({ slot: 0, name: 'new' });
    expect(db.all('SELECT slot, name FROM ring')).toEqual([[0, 'new']]);
    db.rows(THING).insert({ id: 1 });
    expect(() => db.rows(THING).insert({ id: 1 })).toThrow(/second row/);
    all(db);
    db.rows(THING).insert({ id: 1 });
    expect(() => all(db)).toThrow(/UNIQUE/);
    db.close();
  });

  it('are at hand after they were written, until the table is written past them', async () => {
    const asked: string[] = [];
    const sink = { write: () => undefined, find: (sql: string) => void asked.push(sql) };
    const rows = new RowBuffer(THING, sink);
    rows.insert({ id: 1, name: 'a' });
    rows.flush();
    rows.change(1, { size: 5 });
    expect(rows.look(1)).toEqual({ id: 1, name: 'a', size: 5 });
    rows.flush();
    expect(rows.look(1)).toEqual({ id: 1, name: 'a', size: 5 });
    expect(asked).toEqual([]);
    rows.forget();
    rows.look(1);
    expect(asked).toHaveLength(1);
  });

  it('are written oldest first when too many wait', () => {
    const written: unknown[] = [];
    const sink = { write: (_sql: string, params: unknown[]) => void written.push(...params), find: () => undefined };
    const rows = new RowBuffer({ name: 'few', columns: ['id'], waiting: 300 }, sink);
    for (let id = 0; id <= 300; id++) rows.insert({ id });
    expect(written).toEqual(Array.from({ length: 256 }, (_, id) => id));
    rows.flush();
    expect(written).toHaveLength(301);
  });

  it('go on waiting where they are over and only what is open was asked for', () => {
    const written: unknown[] = [];
    const sink = { write: (_sql: string, params: unknown[]) => void written.push(...params), find: () => undefined };
    const rows = new RowBuffer(
      { name: 'few', columns: ['id'], waiting: 300, isOver: ({ id }) => Number(id) < 600 },
      sink,
    );
    rows.isBulk = true;
    for (let id = 0; id <= 600; id++) rows.insert({ id });
    rows.flushOpen();
    expect(written).toEqual([600]);
    expect([...rows.over()]).toHaveLength(600);
    expect([rows.flushSome(), written.length]).toEqual([false, 257]);
    expect([rows.flushSome(), written.length, [...rows.over()].length]).toEqual([true, 513, 88]);
  });

  it('end up as if each write had gone to the table at once', async () => {
    const id = fc.integer({ min: 1, max: 40 });
    const write = fc.oneof(
      fc.record({ op: fc.constant('insert' as const), id, name: fc.string({ maxLength: 3 }) }),
      fc.record({ op: fc.constant('change' as const), id, size: fc.integer({ min: 0, max: 9 }) }),
      fc.record({ op: fc.constant('take' as const), id }),
      fc.record({ op: fc.constant('look' as const), id }),
      fc.record({ op: fc.constant('grow' as const), id }),
      fc.record({ op: fc.constantFrom('read' as const, 'read open' as const, 'write some' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 120 }), async (writes) => {
        const db = await open();
        const model = new Map<number, { id: number; name: string | null; size: number | null }>();
        for (const w of writes) {
          if (w.op === 'insert' && !model.has(w.id)) {
            db.rows(THING).insert({ id: w.id, name: w.name });
            model.set(w.id, { id: w.id, name: w.name, size: null });
          } else if (w.op === 'change') {
            db.rows(THING).change(w.id, { size: w.size });
            const row = model.get(w.id);
            if (row !== undefined) row.size = w.size;
          } else if (w.op === 'take') {
            const taken = db.rows(THING).take(w.id);
            const row = model.get(w.id);
            expect(taken === undefined ? undefined : { name: null, size: null, ...taken }).toEqual(row);
            model.delete(w.id);
          } else if (w.op === 'look') {
            const row = model.get(w.id);
            const seen = db.rows(THING).look(w.id);
            expect(seen && { name: null, size: null, ...seen }).toEqual(row);
          } else if (w.op === 'grow') {
            db.run('UPDATE thing SET size = coalesce(size, 0) + 1 WHERE id = ?', [w.id]);
            const row = model.get(w.id);
            if (row !== undefined) row.size = (row.size ?? 0) + 1;
          } else if (w.op === 'read') all(db);
          else if (w.op === 'write some') db.flushSome();
          else if (w.op === 'read open') {
            const open = db.allOpen(`SELECT id, size FROM thing WHERE size IS NULL OR size < ${OVER_FROM} ORDER BY id`);
            const expected = [...model.values()].filter((row) => !isOver(row)).sort((a, b) => a.id - b.id);
            expect(open).toEqual(expected.map((row) => [row.id, row.size]));
          }
        }
        expect(all(db)).toEqual([...model.values()].sort((a, b) => a.id - b.id).map((r) => [r.id, r.name, r.size]));
        db.close();
      }),
      { numRuns: 60 },
    );
  });
});
