/** CSI and OSC sequences of terminals, and lone escapes: they colour and move a cursor that is not here. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
/** Control characters that would be invisible, and marks that turn the direction of text around. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f\u0080-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const name = (char: string): string => {
  const code = char.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `‹${code.toString(16).toUpperCase().padStart(4, '0')}›`;
};

/** One line of output as it may be shown: terminal codes taken out, other control characters made visible. */
export const cleanLogLine = (line: string): string => {
  // A carriage return redraws the line in a terminal: what was drawn last counts.
  const drawn = line.replace(/\r+$/, '');
  return drawn
    .slice(drawn.lastIndexOf('\r') + 1)
    .replace(ESCAPES, '')
    .replace(HIDDEN, name);
};

const LINE_LIMIT_CHARS = 4_000;

/** Splits output into lines; a line over 4,000 characters is cut with a note, the last one may be unfinished. */
export const splitLog = (text: string): string[] => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    const clean = cleanLogLine(line);
    if (clean.length <= LINE_LIMIT_CHARS) return clean;
    return `${clean.slice(0, LINE_LIMIT_CHARS)} … ${clean.length - LINE_LIMIT_CHARS} more characters`;
  });
};
