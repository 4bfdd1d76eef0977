import { describe, expect, it } from 'vitest';
import type { Demo } from '../../../src-server/contract/demo.ts';
import { headlineOf, rejectedFence } from './demo-words.ts';

describe('a line of the story', () => {
  it.each([
    ['One sentence only.', 'One sentence only.', ''],
    ['The lid is closed: laptop-1 falls silent.', 'The lid is closed: laptop-1 falls silent.', ''],
    ['It ends. It settles 1.5 CU of its hold.', 'It ends.', 'It settles 1.5 CU of its hold.'],
  ])('%s', (text, headline, rest) => {
    expect(headlineOf(text)).toEqual({ headline, rest });
  });
});

it('knows a rejected write only while it is the newest of its source', () => {
  const entry = (type: string, source: string) => ({
    line: JSON.stringify({ events: [{ type, body: { source_id: source, fence: 41 } }] }),
  });
  const demo = (...evidence: unknown[]) => ({ evidence }) as unknown as Demo;
  expect(rejectedFence(demo(entry('lease.granted', 'b'), entry('completion.rejected', 'a')), 'a')).toBe(41);
  expect(rejectedFence(demo(entry('session.state', 'a'), entry('completion.rejected', 'a')), 'a')).toBeNull();
});
