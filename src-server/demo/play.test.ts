import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { scenario } from './scenario.ts';
import type { Told } from './stage.ts';

const FOLDER = new URL('../../resources/demo/', import.meta.url);
const read = (file: string) => scenario.parse(JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')));

describe.each(readdirSync(FOLDER).filter((f) => f.endsWith('.json')))('scenario %s', (file) => {
  it('holds every expectation and leaves a log that verifies', async () => {
    const played = await play(read(file), () => undefined);
    expect(played.broken).toEqual([]);
    expect(played.checks).toBeGreaterThan(5);
  });

  it('tells the same story each time', async () => {
    const tell = async (): Promise<Told[]> => {
      const told: Told[] = [];
      await play(read(file), (line) => told.push(line));
      return told;
    };
    expect(await tell()).toEqual(await tell());
  });
});

describe('a scenario that expects what does not happen', () => {
  it('is told as broken', async () => {
    const story = read('lease-expiry-and-fencing.json');
    const wrong = story.steps.map((step) =>
      step.do === 'expect_job' && step.state === 'queued' ? { ...step, state: 'failed' as const } : step,
    );
    const played = await play({ ...story, steps: wrong }, () => undefined);
    expect(played.isGood).toBe(false);
  });
});
