import { describe, expect, it } from 'vitest';
import { settleRows } from './settle-rows.ts';

const row = (id: string, text = '') => ({ id, text });
const idOf = (r: { id: string }) => r.id;

describe('rows under the pointer', () => {
  it('follow the data while nothing is held', () => {
    const rows = [row('a'), row('b')];
    expect(settleRows(null, rows, idOf)).toEqual({ rows, waiting: 0 });
  });
  it('keep their order and take new content', () => {
    const settled = settleRows([row('a'), row('b')], [row('b', 'new'), row('a')], idOf);
    expect(settled.rows).toEqual([row('a'), row('b', 'new')]);
  });
  it('let new rows wait and count them', () => {
    const settled = settleRows([row('a')], [row('c'), row('b'), row('a')], idOf);
    expect(settled).toEqual({ rows: [row('a')], waiting: 2 });
  });
  it('keep a row that left', () => {
    expect(settleRows([row('a', 'x'), row('b')], [row('b')], idOf).rows).toEqual([row('a', 'x'), row('b')]);
  });
  it('grow at the foot when a further page comes', () => {
    expect(settleRows([row('a')], [row('a'), row('z')], idOf)).toEqual({ rows: [row('a'), row('z')], waiting: 0 });
  });
});
