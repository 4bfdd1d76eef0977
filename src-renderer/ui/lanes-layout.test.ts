import { describe, expect, it } from 'vitest';
import { layoutLanes } from './lanes-layout.ts';

const span = (id: string, fromMsAgo: number, toMsAgo: number, look: 'live' | 'done' = 'done') => ({
  id,
  fromMsAgo,
  toMsAgo,
  look,
});

describe('lanes', () => {
  it('put now at the right edge', () => {
    const { lanes } = layoutLanes([{ id: 'a', isHatched: false, spans: [span('1', 50, 0, 'live')] }], 100, 640);
    expect(lanes[0]?.bars[0]).toMatchObject({ x: 320, width: 320 });
  });
  it('give overlapping leases a sub-lane each and use a free one again', () => {
    const spans = [span('1', 90, 50), span('2', 80, 10), span('3', 40, 0)];
    const { lanes } = layoutLanes([{ id: 'a', isHatched: false, spans }], 100, 100);
    const y = new Map(lanes[0]?.bars.map((bar) => [bar.id, bar.y]));
    expect(y.get('1')).toBe(y.get('3'));
    expect(y.get('2')).not.toBe(y.get('1'));
  });
  it('cut what began before the range and drop what ended before it', () => {
    const spans = [span('old', 300, 200), span('cut', 150, 50)];
    const { lanes } = layoutLanes([{ id: 'a', isHatched: false, spans }], 100, 100);
    expect(lanes[0]?.bars.map(({ id, x }) => [id, x])).toEqual([['cut', 0]]);
  });
  it('never leave a bar without width, or an empty lane without height', () => {
    const { lanes, height } = layoutLanes(
      [
        { id: 'a', isHatched: false, spans: [span('1', 10, 10)] },
        { id: 'b', isHatched: true, spans: [] },
      ],
      100,
      100,
    );
    expect(lanes[0]?.bars[0]?.width).toBe(2);
    expect(height).toBe(40);
  });
});
