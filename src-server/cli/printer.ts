/** The only place of the command line that writes to a terminal. */
export interface Printer {
  /** Results, on stdout. */
  line(text: string): void;
  /** Raw bytes of a log, on stdout. */
  raw(text: string): void;
  /** One JSON value, on stdout. */
  json(value: unknown): void;
  /** Notes and faults, on stderr. */
  note(text: string): void;
}

export const terminalPrinter: Printer = {
  line: (text) => console.log(text),
  raw: (text) => void process.stdout.write(text),
  json: (value) => console.log(JSON.stringify(value)),
  note: (text) => console.error(text),
};

/** Pads columns to the widest cell; the last one is left as it is. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows.reduce<number[]>((w, row) => row.map((cell, i) => Math.max(w[i] ?? 0, cell.length)), []);
  return rows.map((row) =>
    row
      .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
