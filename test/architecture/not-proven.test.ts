import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { NOT_PROVEN } from '../../src-server/contract/not-proven.ts';
import { bundleReadme } from '../../src-server/ledger/bundle/bundle-readme.ts';

const inOneLine = (text: string): string => text.replace(/\s+/g, ' ');
const ofABundle = bundleReadme({
  workspaceId: 'ws_01M84EXP4TD10PJZ5NKAQ6WAKJ',
  about: 'All entries.',
  entryCount: 1,
  checkpointSize: 1,
  rawKey: new Uint8Array(32),
  fingerprint: 'SHA256:',
  leftOut: [],
});
const ofTheProject = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

test.each([
  ['a bundle', ofABundle],
  ['the project', ofTheProject],
])('the README of %s says everything that the evidence does not prove', (_whose, text) => {
  for (const { what, because } of NOT_PROVEN) expect(inOneLine(text)).toContain(`- ${what}: ${because}`);
});

test('the README of a bundle fits a terminal where it speaks of that', () => {
  const lines = ofABundle.slice(ofABundle.indexOf('WHAT THIS DOES NOT PROVE')).split('\n');
  expect(lines.length).toBeGreaterThan(NOT_PROVEN.length);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
});
