const DEPTH_LIMIT = 64;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

function canonicalString(text: string): string {
  if (LONE_SURROGATE.test(text)) throw new TypeError('A string with a lone surrogate has no canonical form.');
  return JSON.stringify(text);
}

function write(value: unknown, depth: number): string {
  if (depth > DEPTH_LIMIT) throw new TypeError(`Values nested deeper than ${DEPTH_LIMIT} have no canonical form here.`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new TypeError(`${value} is not a safe integer.`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  if (typeof value === 'object') {
    // RFC 8785 orders names by UTF-16 code units, which is what the default sort compares.
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, member]) => `${canonicalString(name)}:${write(member, depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`A ${typeof value} has no JSON form.`);
}

/**
 * The RFC 8785 form of a JSON value whose numbers are safe integers (this product has no others).
 * Throws TypeError for fractions, -0, lone surrogates and what JSON cannot say.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}
