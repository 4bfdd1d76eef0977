import { ENTRY_LIMIT_BYTES, JSON_DEPTH_LIMIT } from '../contract/limits.ts';
import { EntryError, entryTooLarge } from './errors.ts';

/** A body stands so deep inside its entry; the limit of depth counts from there. */
const BODY_DEPTH = 3;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** 1 for each character that stands in JSON text as it is and takes one byte. */
const IS_PLAIN = new Uint8Array(128).fill(1, SPACE, 127);
IS_PLAIN[QUOTE] = 0;
IS_PLAIN[BACKSLASH] = 0;

/** Where an entry is written; one at a time, since nothing here waits. What does not fit is counted, and kept nowhere. */
const bytes = Buffer.alloc(ENTRY_LIMIT_BYTES);

/**
 * What `JSON.stringify` makes of an entry, in UTF-8, written in one walk that also asserts that nothing is lost: null,
 * booleans, strings, safe integers, arrays and plain objects of these. `undefined` members are allowed in objects (they
 * are left out) but not in arrays.
 * @returns bytes that the next call overwrites.
 * @throws EntryError `entry.malformed` for a float, NaN, -0, an unsafe integer, a bigint, a function, a class instance
 *   or a body nested deeper than JSON_DEPTH_LIMIT (which also ends cycles); `entry.too_large`.
 */
export function jsonBytes(entry: object): Buffer {
  const end = writeValue(entry, 0, 0);
  if (end > ENTRY_LIMIT_BYTES) throw entryTooLarge(end);
  return bytes.subarray(0, end);
}

/** Writes a value from `at` on. @returns where it ends. */
function writeValue(value: unknown, at: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return writeText(value, at);
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return writePlain(`${value}`, at);
      throw refuse(`${Object.is(value, -0) ? '-0' : value} is not an integer that is kept exactly`);
    case 'boolean':
      return writePlain(`${value}`, at);
    case 'object':
      if (value === null) return writePlain('null', at);
      if (depth >= JSON_DEPTH_LIMIT + BODY_DEPTH) throw refuse(`nested deeper than ${JSON_DEPTH_LIMIT}`);
      return Array.isArray(value) ? writeArray(value, at, depth) : writeObject(value, at, depth);
    default:
      throw refuse(`a ${typeof value} has no JSON form`);
  }
}

function writeArray(items: readonly unknown[], at: number, depth: number): number {
  let end = writePlain('[', at);
  for (const item of items) {
    if (end > at + 1) bytes[end++] = COMMA;
    end = writeValue(item, end, depth + 1);
  }
  return writePlain(']', end);
}

function writeObject(value: object, at: number, depth: number): number {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw refuse('an object of a class has no JSON form of its own');
  const record = value as Record<string, unknown>;
  let end = writePlain('{', at);
  for (const key in record) {
    const member = record[key];
    if (member === undefined) continue;
    if (end > at + 1) bytes[end++] = COMMA;
    end = writeText(key, end);
    bytes[end++] = COLON;
    end = writeValue(member, end, depth + 1);
  }
  return writePlain('}', end);
}

/** Nearly all texts are plain ASCII; whatever has to be escaped or takes more bytes is left to `JSON.stringify`. */
function writeText(text: string, at: number): number {
  let end = at;
  bytes[end++] = QUOTE;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (IS_PLAIN[code] !== 1) return writeEscaped(text, at);
    bytes[end++] = code;
  }
  bytes[end++] = QUOTE;
  return end;
}

function writeEscaped(text: string, at: number): number {
  const escaped = Buffer.from(JSON.stringify(text), 'utf8');
  escaped.copy(bytes, Math.min(at, bytes.length));
  return at + escaped.length;
}

function writePlain(text: string, at: number): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function refuse(detail: string): EntryError {
  return new EntryError('entry.malformed', detail);
}
