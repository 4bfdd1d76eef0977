export type Arguments = { argv: string[]; hint: string | null } | { problem: string };

const OPERATORS = /^(?:\|\|?|&&?|;|>>?|<<?|2>&1|2>)$/;

/**
 * Splits a command as a shell would, without one: spaces part, quotes keep together, a backslash takes the next
 * character as it is (inside double quotes only before `"` and `\`). Nothing is expanded.
 */
export const splitArguments = (text: string): Arguments => {
  const argv: string[] = [];
  const bare: string[] = [];
  let word: string | null = null;
  let isQuoted = false;
  let quote: '"' | "'" | null = null;
  const push = () => {
    if (word === null) return;
    argv.push(word);
    if (!isQuoted) bare.push(word);
    word = null;
    isQuoted = false;
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charAt(i);
    const next = text.charAt(i + 1);
    if (quote !== null) {
      if (char === quote) quote = null;
      else if (char === '\\' && quote === '"' && (next === '"' || next === '\\')) {
        word = (word ?? '') + next;
        i += 1;
      } else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      isQuoted = true;
      word ??= '';
    } else if (char === '\\' && next !== '') {
      // A backslash before the line's end goes on with the next line, as pasted commands do.
      if (next !== '\n') {
        word = (word ?? '') + next;
        isQuoted = true;
      }
      i += 1;
    } else if (char === '\n' && text.slice(i).trim() !== '' && (argv.length > 0 || word !== null)) {
      return { problem: 'Several lines need Shell.' };
    } else if (/\s/.test(char)) push();
    else word = (word ?? '') + char;
  }
  if (quote !== null) return { problem: `A quote ${quote} is not closed.` };
  push();
  if (argv.length === 0) return { problem: 'A command is needed.' };
  const operator = bare.find((part) => OPERATORS.test(part) || (part.length > 1 && part.endsWith(';')));
  const hint = operator === undefined ? null : `${operator} is passed on as an argument. Turn on Shell to use it.`;
  return { argv, hint };
};
