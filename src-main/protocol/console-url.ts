import { parseUrl } from './parse-url.ts';

/** The one origin of the app's window. `console` stands where a host name would. */
export const CONSOLE_SCHEME = 'app';
export const CONSOLE_HOST = 'console';
export const CONSOLE_ORIGIN = `${CONSOLE_SCHEME}://${CONSOLE_HOST}`;

/** What a request of the window asks for. */
export type ConsoleTarget =
  | { kind: 'api'; pathAndQuery: string }
  /** Remote workspaces and this machine: answered by the app itself. */
  | { kind: 'console'; pathAndQuery: string }
  | { kind: 'file'; path: string }
  | { kind: 'page' }
  | { kind: 'refused'; because: string };

/** Routes of the runner side and of the browser's sign-in have no business in the app's window. */
const NOT_FOR_THE_WINDOW = ['/api/v1/runtime/', '/api/v1/runner/', '/api/v1/sign-in'];

const decoded = (path: string): string | null => {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
};

/** True for an address of the app's window and nothing that merely looks like one. */
export const isConsoleUrl = (text: string): boolean => {
  const url = parseUrl(text);
  return url !== null && url.protocol === `${CONSOLE_SCHEME}:` && url.host === CONSOLE_HOST && url.username === '';
};

/**
 * Sorts a request's address: an API call, a file of the built page, or the page itself (every deep link).
 * @param text the address as the window asked for it
 */
export const targetOf = (text: string): ConsoleTarget => {
  if (!isConsoleUrl(text)) return { kind: 'refused', because: 'another origin' };
  const url = new URL(text);
  const path = decoded(url.pathname);
  if (path === null) return { kind: 'refused', because: 'a broken percent sign' };
  // Judged after one decoding; a path that still holds a percent sign is a name with a percent sign, not a second layer.
  if (
    path.includes('\0') ||
    path.includes('\\') ||
    path.split('/').some((segment) => segment === '..' || segment === '.')
  ) {
    return { kind: 'refused', because: 'an unsafe path' };
  }
  if (path === '/api' || path.startsWith('/api/')) return apiTarget(url, path);
  if (path === '/console' || path.startsWith('/console/')) {
    return path.includes('//')
      ? { kind: 'refused', because: 'not a route' }
      : { kind: 'console', pathAndQuery: `${url.pathname}${url.search}` };
  }
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.includes('.') ? { kind: 'file', path } : { kind: 'page' };
};

const apiTarget = (url: URL, path: string): ConsoleTarget => {
  if (!path.startsWith('/api/v1/') || path.includes('//')) return { kind: 'refused', because: 'not a route' };
  if (NOT_FOR_THE_WINDOW.some((prefix) => path === prefix || path.startsWith(prefix))) {
    return { kind: 'refused', because: 'not a route for the console' };
  }
  return { kind: 'api', pathAndQuery: `${url.pathname}${url.search}` };
};
