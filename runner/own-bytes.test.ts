import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ownArguments, ownBytes } from './own-bytes.ts';

describe('this program', () => {
  test('knows its bytes from a data: URL and from a file', () => {
    const bytes = Buffer.from('console.log("ü")\n');
    expect(ownBytes(`data:text/javascript;base64,${bytes.toString('base64')}`)).toEqual(bytes);
    expect(ownBytes(import.meta.url)).toEqual(readFileSync(fileURLToPath(import.meta.url)));
  });

  test('finds its arguments in both cases', () => {
    expect(ownArguments('data:text/javascript;base64,', ['/usr/bin/node', 'run', '--once'])).toEqual(['run', '--once']);
    expect(ownArguments('file:///x/bootstrap.mjs', ['/usr/bin/node', '/x/bootstrap.mjs', 'run'])).toEqual(['run']);
  });
});
