import { describe, expect, it } from 'vitest';
import type { JobLog } from '../../../src-server/contract/job.ts';
import { followLog } from './follow-log.ts';

const chunk = (offset: number, data: string, eof = false): JobLog => ({
  stream: 'stdout',
  lease_id: null,
  attempt: 1,
  offset,
  next_offset: offset + data.length,
  data,
  eof,
  truncated: false,
});

const follow = async (answers: (JobLog | Error)[], isFinal = false) => {
  const heard: string[] = [];
  const asked: number[] = [];
  const naps: number[] = [];
  await followLog(
    {
      read: async (offset) => {
        asked.push(offset);
        const answer = answers.shift();
        if (answer === undefined || answer instanceof Error) throw answer;
        return answer;
      },
      sleep: async (ms) => void naps.push(ms),
      now: () => 0,
      isFinal: () => isFinal,
    },
    {
      append: (text) => text !== '' && heard.push(text),
      end: () => heard.push('<end>'),
      problem: (error) => heard.push(error === null ? '<well>' : '<problem>'),
    },
    new AbortController().signal,
  );
  return { heard, asked, naps };
};

describe('following a log', () => {
  it('reads on from where it stands until the end', async () => {
    const { heard, asked } = await follow([chunk(0, 'abc'), chunk(3, 'de'), chunk(5, '', true)]);
    expect(heard).toEqual(['abc', 'de', '<end>']);
    expect(asked).toEqual([0, 3, 5]);
  });
  it('pauses when the plane answers at once with nothing', async () => {
    const { naps } = await follow([chunk(0, ''), chunk(0, ''), chunk(0, 'x', true)]);
    expect(naps).toEqual([1_000]);
  });
  it('goes on after a lost answer, from the same place', async () => {
    const { heard, asked } = await follow([chunk(0, 'ab'), new Error('lost'), chunk(2, 'c', true)]);
    expect(heard).toEqual(['ab', '<problem>', '<well>', 'c', '<end>']);
    expect(asked).toEqual([0, 2, 2]);
  });
  it('stops at a problem that is final', async () => {
    expect((await follow([new Error('gone')], true)).heard).toEqual(['<problem>']);
  });
});
