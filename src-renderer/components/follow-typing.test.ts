import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { followTyping } from './follow-typing.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What was asked, taken back and shown, in order; answers come when `answer` says. */
const watch = () => {
  const told: string[] = [];
  const open = new Map<string, { come: () => void; fail: () => void }>();
  const typing = followTyping({
    prepare: (text, signal) => {
      told.push(`ask ${text}`);
      signal.addEventListener('abort', () => told.push(`leave ${text}`));
      return new Promise<void>((come, fail) => open.set(text, { come, fail: () => fail(new Error('lost')) }));
    },
    show: (text) => told.push(`show ${text}`),
  });
  const settle = async (text: string, how: 'come' | 'fail' = 'come') => {
    open.get(text)?.[how]();
    await vi.advanceTimersByTimeAsync(0);
  };
  return { typing, told, settle };
};

test('asks at once and shows when the answer is here', async () => {
  const { typing, told, settle } = watch();
  typing.type('a');
  expect(told).toEqual(['ask a']);
  await vi.advanceTimersByTimeAsync(40);
  await settle('a');
  expect(told).toEqual(['ask a', 'show a']);
  typing.leave();
  expect(told).toEqual(['ask a', 'show a']);
});

test('neither waits for nor shows what was typed over', async () => {
  const { typing, told, settle } = watch();
  typing.type('a');
  await vi.advanceTimersByTimeAsync(120);
  typing.type('ab');
  await settle('a');
  await settle('ab');
  expect(told).toEqual(['ask a', 'leave a', 'ask ab', 'show ab']);
});

test('asks for letters that come very fast no more often than they can be seen', async () => {
  const { typing, told, settle } = watch();
  for (const text of ['a', 'ab', 'abc', 'abcd']) {
    typing.type(text);
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(told).toEqual(['ask a', 'leave a']);
  await vi.advanceTimersByTimeAsync(50);
  await settle('abcd');
  expect(told).toEqual(['ask a', 'leave a', 'ask abcd', 'show abcd']);
});

test('shows a text whose answer is long in coming, or fails', async () => {
  const { typing, told, settle } = watch();
  typing.type('slow');
  await vi.advanceTimersByTimeAsync(400);
  expect(told).toEqual(['ask slow', 'show slow']);
  typing.type('lost');
  await settle('lost', 'fail');
  expect(told.slice(2)).toEqual(['ask lost', 'show lost']);
});

test('gives up what is not shown yet', async () => {
  const { typing, told, settle } = watch();
  typing.type('a');
  typing.type('ab');
  typing.leave();
  await vi.advanceTimersByTimeAsync(500);
  await settle('a');
  expect(told).toEqual(['ask a', 'leave a']);
});
