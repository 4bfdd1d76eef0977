/** What a script says to a person: lines on stdout, faults on stderr. */
export const printer = {
  /** @param {string} line */
  say: (line) => void process.stdout.write(`${line}\n`),
  /** @param {string} line */
  fault: (line) => void process.stderr.write(`${line}\n`),
};
