/** What the runner tells people. Lines go to stdout, warnings to stderr; nothing else in the runner writes to either. */
export interface Printer {
  say(line: string): void;
  warn(line: string): void;
}

/** Text of others (titles, reasons) is shown as text only: control and bidirectional characters lose their effect. */
export function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

export const consolePrinter: Printer = {
  say: (line) => console.log(line),
  warn: (line) => console.error(line),
};

/** A duration as people read it: `0:13`, `4:26`, `2 h 14 m`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`;
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
