import { JSON_DEPTH_LIMIT } from '../contract/limits.ts';
import { EntryError } from './errors.ts';

/**
 * Asserts that a value is written by `JSON.stringify` without loss: null, booleans, strings, safe integers, arrays and
 * plain objects of these. `undefined` members are allowed in objects (they are left out) but not in arrays.
 * @throws EntryError `entry.malformed` for a float, NaN, -0, an unsafe integer, a bigint, a function, a class instance
 *   or a value nested deeper than JSON_DEPTH_LIMIT (which also ends cycles).
 */
export function assertPlainJson(value: unknown, depth = 0): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return;
      throw refuse(`${Object.is(value, -0) ? '-0' : value} is not an integer that is kept exactly`);
    case 'object':
      if (value === null) return;
      break;
    default:
      throw refuse(`a ${typeof value} has no JSON form`);
  }
  if (depth >= JSON_DEPTH_LIMIT) throw refuse(`nested deeper than ${JSON_DEPTH_LIMIT}`);
  if (Array.isArray(value)) {
    for (const item of value) assertPlainJson(item, depth + 1);
    return;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw refuse('an object of a class has no JSON form of its own');
  const record = value as Record<string, unknown>;
  for (const key in record) {
    const member = record[key];
    if (member !== undefined) assertPlainJson(member, depth + 1);
  }
}

function refuse(detail: string): EntryError {
  return new EntryError('entry.malformed', detail);
}
