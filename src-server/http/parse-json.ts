import { isAscii, isUtf8 } from 'node:buffer';
import { JSON_DEPTH_LIMIT } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';
import { pointerPart } from './problem-answer.ts';

const invalid = (why: string): ProblemError => new ProblemError('json.invalid', `Send valid JSON in UTF-8: ${why}.`);

/**
 * Parses a body strictly: valid UTF-8 without BOM, NUL or lone surrogates, no name twice in an object, no `__proto__`,
 * no minus zero, bounded in depth and names. `JSON.parse` alone takes all of these.
 * @param namesLimit names that the whole body may hold.
 * @throws ProblemError `json.invalid`, `json.duplicate_key`, `json.too_complex`, `field.invalid`.
 */
export function parseJson(bytes: Buffer, namesLimit: number): unknown {
  const text = decode(bytes);
  if (text.charCodeAt(0) === 0xfeff) throw invalid('it begins with a byte order mark');
  if (text.includes('\u0000')) throw invalid('it holds a NUL character');
  scan(text, namesLimit);
  const value = parse(text);
  // Only a text that holds these two characters can hold a minus zero; most have none and are not walked.
  if (text.includes('-0')) refuseMinusZero(value, '');
  return value;
}

/** Most bodies are plain ASCII, which takes no decoding at all. */
function decode(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw invalid('the bytes are not UTF-8');
  return bytes.toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw invalid('it cannot be parsed');
  }
}

/** Minus zero does not survive the canonical form, so two records of one value could differ. */
function refuseMinusZero(value: unknown, pointer: string): void {
  if (Object.is(value, -0))
    throw new ProblemError('field.invalid', `Mend ${pointer || 'the body'}: write 0 for minus zero.`, {
      errors: [{ pointer, message: 'must not be -0' }],
    });
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) refuseMinusZero(inner, `${pointer}/${pointerPart(name)}`);
}

/** One pass over the text: strings are followed exactly, everything else is left to the parser. */
function scan(text: string, namesLimit: number): void {
  const open: (Set<string> | null)[] = [];
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x22) {
      const end = stringEnd(text, i);
      const names = open.at(-1);
      if (names !== undefined && names !== null && isName(text, end)) {
        if (++keys > namesLimit) throw new ProblemError('json.too_complex', `Keep the body under ${namesLimit} names.`);
        noteName(names, text.slice(i + 1, end));
      }
      i = end;
    } else if (c === 0x7b || c === 0x5b) {
      if (open.length >= JSON_DEPTH_LIMIT)
        throw new ProblemError('json.too_complex', `Keep the body under ${JSON_DEPTH_LIMIT} levels.`);
      open.push(c === 0x7b ? new Set() : null);
    } else if (c === 0x7d || c === 0x5d) open.pop();
  }
}

function noteName(names: Set<string>, raw: string): void {
  const name = raw.includes('\\') ? readName(raw) : raw;
  if (name === '__proto__') throw invalid('the name __proto__ is not taken');
  if (names.has(name)) throw new ProblemError('json.duplicate_key', `Name ${name.slice(0, 60)} once.`);
  names.add(name);
}

function readName(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    throw invalid('a name cannot be parsed');
  }
}

/** Index of the closing quote; checks surrogates, written out or escaped, on the way. */
function stringEnd(text: string, start: number): number {
  let high = false;
  for (let i = start + 1; i < text.length; i++) {
    let c = text.charCodeAt(i);
    if (c === 0x22) {
      if (high) throw invalid('a string holds half a surrogate pair');
      return i;
    }
    if (c === 0x5c) {
      i++;
      if (text.charCodeAt(i) === 0x75) {
        c = Number.parseInt(text.slice(i + 1, i + 5), 16);
        i += 4;
        if (c === 0) throw invalid('a string holds a NUL character');
      } else c = 0x20;
    }
    const isLow = c >= 0xdc00 && c <= 0xdfff;
    if (high !== isLow) throw invalid('a string holds half a surrogate pair');
    high = c >= 0xd800 && c <= 0xdbff;
  }
  throw invalid('a string does not end');
}

/** A string is a name when a colon follows it. */
function isName(text: string, end: number): boolean {
  let i = end + 1;
  while (
    i < text.length &&
    (text.charCodeAt(i) === 0x20 ||
      text.charCodeAt(i) === 0x0a ||
      text.charCodeAt(i) === 0x0d ||
      text.charCodeAt(i) === 0x09)
  )
    i++;
  return text.charCodeAt(i) === 0x3a;
}
