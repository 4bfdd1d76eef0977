import { URL_LIMIT_BYTES } from '../contract/limits.ts';
import { ProblemError } from '../contract/problems.ts';

/** Percent-encodings that would change how a path is read: dots, slashes, backslashes, NUL. `%2F` alone stands inside one segment. */
const TRICKY = /%(?:2e|5c|00)|\\|\/\/|\/\.{1,2}(?:\/|$)|\u0000/i;

/**
 * The path of a request in its only accepted form; what is not in that form leads nowhere.
 * @throws ProblemError `url.too_long`, `not_found`.
 */
export function pathOf(url: string): { path: string; query: string } {
  if (Buffer.byteLength(url) > URL_LIMIT_BYTES)
    throw new ProblemError('url.too_long', `Keep the address under ${URL_LIMIT_BYTES} bytes.`);
  const at = url.indexOf('?');
  const path = at < 0 ? url : url.slice(0, at);
  if (!path.startsWith('/') || TRICKY.test(path))
    throw new ProblemError('not_found', 'There is nothing at this address.');
  return { path, query: at < 0 ? '' : url.slice(at + 1) };
}

/** A query as one value per name. @throws ProblemError `field.invalid` when a name stands twice. */
export function queryOf(query: string): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(query)) {
    if (Object.hasOwn(values, name))
      throw new ProblemError('field.invalid', `Give ${name.slice(0, 60)} once.`, {
        errors: [{ pointer: `?${name.slice(0, 60)}`, message: 'stands twice' }],
      });
    values[name] = value;
  }
  return values;
}
