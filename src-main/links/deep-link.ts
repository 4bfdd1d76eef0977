import { parseUrl } from '../protocol/parse-url.ts';

/** The scheme that the system hands to this app. */
export const DEEP_LINK_SCHEME = 'connected-compute';
const HOST = 'open';
const LENGTH_LIMIT = 1_000;
const VALUE_LIMIT = 200;
const ID = '[0-9A-HJKMNP-TV-Z]{26}';
const SCREENS = 'compute|jobs|leases|approvals|sources|sources/add|routing|budgets|evidence|replay|demo|settings';
/** Every screen of a workspace, and a job; nothing else can be named. */
const PATH = new RegExp(`^/dashboard/ws_${ID}/(?:${SCREENS}|jobs/job_${ID})$`);
const QUERY_NAMES = new Set([
  'state',
  'side',
  'q',
  'source',
  'source_id',
  'lease',
  'item',
  'show',
  'view',
  'entry',
  'at',
  'range',
]);
/** Letters, digits and what ids, names and labels are written with. */
const VALUE = /^[\w .:=/-]*$/;

/**
 * The path of the console that a link names, or null for anything that is not plainly such a link.
 * @param text as the system gave it: `connected-compute://open/dashboard/ws_…/jobs?state=queued`
 */
export const pathOfDeepLink = (text: string): string | null => {
  if (text.length > LENGTH_LIMIT || /[\s\u0000-\u001f\\]|%00|%5c/i.test(text)) return null;
  const url = parseUrl(text);
  if (url === null || url.protocol !== `${DEEP_LINK_SCHEME}:` || url.host !== HOST) return null;
  if (url.username !== '' || url.password !== '' || url.hash !== '' || !PATH.test(url.pathname)) return null;
  const query = new URLSearchParams();
  for (const [name, value] of url.searchParams) {
    if (!QUERY_NAMES.has(name) || query.has(name) || value.length > VALUE_LIMIT || !VALUE.test(value)) return null;
    query.set(name, value);
  }
  const search = query.toString();
  return search === '' ? url.pathname : `${url.pathname}?${search}`;
};

/** What a command line asks for: a screen, nothing, or something that is refused. */
export type ArgvLink = { kind: 'none' } | { kind: 'open'; path: string } | { kind: 'refused'; because: string };

/**
 * Finds the link in the arguments of a (second) start. The system puts it last; words after it were smuggled in.
 * @param argv all arguments, the program's own path included
 */
export const deepLinkIn = (argv: readonly string[]): ArgvLink => {
  const at = argv.findIndex((word) => word.toLowerCase().startsWith(`${DEEP_LINK_SCHEME}:`));
  if (at < 0) return { kind: 'none' };
  if (at !== argv.length - 1) return { kind: 'refused', because: 'something stands after the link' };
  const path = pathOfDeepLink(argv[at] ?? '');
  return path === null ? { kind: 'refused', because: 'it names no screen' } : { kind: 'open', path };
};
