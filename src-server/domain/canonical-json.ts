/**
 * RFC 8785 for the values that are signed here: objects, arrays, strings, booleans, null and safe integers.
 * Member names are ordered by UTF-16 code units; there is no white space.
 * @throws TypeError for anything else (floats, undefined in an array, functions): it could not be read back the same.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError(`canonical JSON holds no ${value}`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON holds no ${typeof value}`);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join()}}`;
}
