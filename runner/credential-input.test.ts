import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CredentialSources, readCredential } from './credential-input.ts';
import type { TerminalInput } from './hidden-prompt.ts';
import { LinePrinter } from './testing/harness.ts';

const CREDENTIAL = `cce_${'x'.repeat(38)}`;
let folder: string;
let input: PassThrough & { isTTY?: boolean; raw?: boolean; setRawMode: (isRaw: boolean) => void };
let output: PassThrough;
let sources: CredentialSources & { printer: LinePrinter };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cc-credential-'));
  input = Object.assign(new PassThrough(), {
    setRawMode(this: { raw?: boolean }, isRaw: boolean) {
      this.raw = isRaw;
    },
  });
  output = new PassThrough();
  sources = { file: null, env: {}, input: input as TerminalInput, output, printer: new LinePrinter() };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const credentialFile = (text: string, mode: number) => {
  const file = join(folder, 'credential');
  writeFileSync(file, text, { mode });
  return file;
};

describe('the credential', () => {
  test('is read from a file that is closed to others, without white space around it', async () => {
    expect(await readCredential({ ...sources, file: credentialFile(`  ${CREDENTIAL}\r\n`, 0o600) })).toBe(CREDENTIAL);
  });

  test('is not read from a file that others can read, with the mend', async () => {
    await expect(readCredential({ ...sources, file: credentialFile(CREDENTIAL, 0o640) })).rejects.toThrow(/chmod 600/);
  });

  test('is read from standard input when that is no terminal', async () => {
    input.end(`${CREDENTIAL}\n`);
    expect(await readCredential(sources)).toBe(CREDENTIAL);
  });

  test('is taken from the environment with a warning, and taken out of it', async () => {
    const env: Record<string, string | undefined> = { CONNECTED_COMPUTE_CREDENTIAL: CREDENTIAL };
    expect(await readCredential({ ...sources, env })).toBe(CREDENTIAL);
    expect(env).toEqual({});
    expect(sources.printer.warnings[0]).toContain('Warning');
  });

  test('is read without the quotes that it was copied with', async () => {
    input.end(`"${CREDENTIAL}"\n`);
    expect(await readCredential(sources)).toBe(CREDENTIAL);
  });

  test('is typed at a prompt that shows nothing, with backspace and paste', async () => {
    input.isTTY = true;
    const read = readCredential(sources);
    input.write(`zz\u007f\u007f\u001b[200~${CREDENTIAL}\u001b[201~\r`);
    expect(await read).toBe(CREDENTIAL);
    expect(output.read().toString()).toBe('Runtime credential (not shown): \n');
    expect(input.raw).toBe(false);
  });

  test('is given up with Ctrl-C', async () => {
    input.isTTY = true;
    const read = readCredential(sources);
    input.write('cce_\u0003');
    await expect(read).rejects.toMatchObject({ exitCode: 64 });
    expect(input.raw).toBe(false);
  });

  test.each([
    '',
    'hello',
    'cce_short',
    `cco_${'x'.repeat(38)}`,
    `${CREDENTIAL} ${CREDENTIAL}`,
    `"${CREDENTIAL}`,
    'x'.repeat(10_000),
  ])('is refused without being repeated when it cannot be one: %#', async (text) => {
    input.end(text);
    const error = await readCredential(sources).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ exitCode: 65 });
    if (text.length > 4) expect((error as Error).message).not.toContain(text);
  });
});
