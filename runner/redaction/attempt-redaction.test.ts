import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { AttemptRedaction } from './attempt-redaction.ts';
import { MARKER } from './redactor.ts';

const LIVE = `cce_${'A1b2'.repeat(9)}Zz`;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const made = () => {
  const exposed: string[] = [];
  const redaction = new AttemptRedaction([{ name: 'TOKEN', value: 'hunter2-hunter2' }], (hash) => exposed.push(hash));
  return { redaction, exposed };
};

describe('what a tool tells', () => {
  it('is hidden and counted like the output of a job', () => {
    const { redaction } = made();
    expect(redaction.told('key=hunter2-hunter2, again hunter2-hunter2')).toBe(`key=${MARKER}, again ${MARKER}`);
    expect(redaction.redactions).toBe(2);
    expect(redaction.told('nothing here')).toBe('nothing here');
    expect(redaction.redactions).toBe(2);
  });

  it('gives a live credential away once, to be burned', () => {
    const { redaction, exposed } = made();
    expect(redaction.told(`found ${LIVE} and ${LIVE}`)).not.toContain(LIVE);
    redaction.told(LIVE);
    expect(exposed).toEqual([sha256(LIVE)]);
  });
});

it('words for people are hidden, and neither counted nor told', () => {
  const { redaction, exposed } = made();
  expect(redaction.text(`hunter2-hunter2 ${LIVE}`)).not.toMatch(/hunter2|cce_A1b2/);
  expect([redaction.redactions, exposed]).toEqual([0, []]);
});
