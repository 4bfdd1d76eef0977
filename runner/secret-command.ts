import type { Writable } from 'node:stream';
import type { SecretArgs } from './args.ts';
import { RunnerError } from './errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { askHidden, type TerminalInput } from './hidden-prompt.ts';
import { readIdentity } from './identity.ts';
import type { Printer } from './printer.ts';
import { SECRET_LIMIT_BYTES } from './redaction/secret-forms.ts';
import { SecretStore } from './secret-store.ts';
import type { Surroundings } from './user-folders.ts';

export interface SecretDependencies {
  printer: Printer;
  surroundings: Surroundings;
  input: TerminalInput & { isTTY?: boolean };
  output: Writable;
}

/** From a hidden prompt, or all of standard input without the line end that `echo` adds. */
async function readValue(name: string, { input, output }: SecretDependencies): Promise<string> {
  if (input.isTTY) return askHidden(input, output, `Value of ${name} (not shown): `);
  let text = '';
  for await (const chunk of input) {
    text += (chunk as Buffer | string).toString();
    if (text.length > SECRET_LIMIT_BYTES * 2)
      throw new RunnerError(EXIT.data, 'Standard input is too long for a secret.');
  }
  return text.replace(/\r?\n$/, '');
}

/** Keeps, lists or forgets a secret of this source. A value is never shown and never taken from the command line. */
export async function secret(args: SecretArgs, dependencies: SecretDependencies): Promise<ExitCode> {
  const { printer, surroundings } = dependencies;
  const store = new SecretStore(readIdentity(args, surroundings).stateDir);
  const name = args.name ?? '';
  if (args.action === 'list') {
    const names = store.names();
    for (const each of names) printer.say(each);
    if (names.length === 0) printer.say('No secret is kept here.');
    return EXIT.ok;
  }
  if (args.action === 'remove') {
    const isKnown = store.remove(name);
    printer.say(isKnown ? `${name} is forgotten.` : `${name} was not kept here.`);
    return isKnown ? EXIT.ok : EXIT.failed;
  }
  store.set(name, await readValue(name, dependencies));
  printer.say(
    `${name} is kept in ${store.path} (0600). Jobs that name it get it, and it is redacted from what they write.`,
  );
  return EXIT.ok;
}
