import { describe, expect, it } from 'vitest';
import { splitArguments } from './split-arguments.ts';

const argv = (text: string) => {
  const found = splitArguments(text);
  return 'argv' in found ? found.argv : found.problem;
};

describe('a command as arguments', () => {
  it.each([
    ['node --version', ['node', '--version']],
    ['  pnpm   --filter invoices  ', ['pnpm', '--filter', 'invoices']],
    [`node -e 'console.log("hi there")'`, ['node', '-e', 'console.log("hi there")']],
    ['echo "a \\"b\\" c" d\\ e', ['echo', 'a "b" c', 'd e']],
    ["printf '%s' ''", ['printf', '%s', '']],
    ['a"b c"d', ['ab cd']],
    ['echo \'$HOME\' "$HOME" $HOME', ['echo', '$HOME', '$HOME', '$HOME']],
    ['"C:\\tools\\node.exe" -v', ['C:\\tools\\node.exe', '-v']],
    ['node \\\n  --version\n', ['node', '--version']],
  ])('%s', (text, expected) => expect(argv(text)).toEqual(expected));
  it('says what is wrong', () => {
    expect(argv('')).toBe('A command is needed.');
    expect(argv('echo "open')).toBe('A quote " is not closed.');
    expect(argv('one\ntwo')).toBe('Several lines need Shell.');
  });
  it('tells that an operator is only an argument here', () => {
    const found = splitArguments('cat a | wc');
    expect('hint' in found && found.hint).toBe('| is passed on as an argument. Turn on Shell to use it.');
    const quoted = splitArguments("grep '|' a");
    expect('hint' in quoted && quoted.hint).toBeNull();
  });
});
