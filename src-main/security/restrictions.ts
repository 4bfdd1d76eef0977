import type { App, Session, WebContents } from 'electron';
import type { AppLogger } from '../log/logger.ts';
import { CONSOLE_SCHEME, isConsoleUrl } from '../protocol/console-url.ts';
import { parseUrl } from '../protocol/parse-url.ts';

/** What a page may be granted. Anything not named here is denied, also what Chromium adds later. */
export const GRANTED_PERMISSIONS: ReadonlyMap<string, string> = new Map([
  ['clipboard-sanitized-write', 'the Copy buttons of commands, ids and logs write plain text'],
]);

/** Pages that may be opened in the system's browser. Whole host names; never a pattern. */
export const EXTERNAL_HOSTS: ReadonlyMap<string, string> = new Map([
  ['nodejs.org', 'the wizard says where to get Node for a runner'],
]);

/** Schemes of requests that a page may start: its own, and what a page makes itself in memory. */
const PAGE_SCHEMES: ReadonlySet<string> = new Set([`${CONSOLE_SCHEME}:`, 'blob:', 'data:']);

/** Is this permission granted to a page at this address? */
export const isPermissionGranted = (permission: string, url: string): boolean =>
  GRANTED_PERMISSIONS.has(permission) && isConsoleUrl(url);

/** May the system's browser open this? Only https, only hosts of the list, no user name, no other port. */
export const isExternalAllowed = (text: string): boolean => {
  const url = parseUrl(text);
  if (url === null || url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.port !== '') {
    return false;
  }
  return EXTERNAL_HOSTS.has(url.hostname);
};

/** May a page's request leave it? `devtools:` only where the developer tools are on. */
export const isRequestAllowed = (text: string, hasDevTools: boolean): boolean => {
  const scheme = parseUrl(text)?.protocol ?? '';
  return PAGE_SCHEMES.has(scheme) || (hasDevTools && scheme === 'devtools:');
};

/**
 * Denies what no page of this app needs. Called once for each session, before a page is loaded in it.
 * @param hasDevTools true in an unpackaged app only
 */
export const restrictSession = (session: Session, log: AppLogger, hasDevTools: boolean): void => {
  // A page asks for a permission: denied unless listed.
  session.setPermissionRequestHandler((contents, permission, answer) => {
    const isGranted = isPermissionGranted(permission, contents.getURL());
    if (!isGranted) log.warn('permission.denied', { permission });
    answer(isGranted);
  });
  // A page looks up whether it has one, without asking.
  session.setPermissionCheckHandler((_contents, permission, origin) => isPermissionGranted(permission, origin));
  // USB, serial and HID devices have their own door.
  session.setDevicePermissionHandler(() => false);
  // Screen capture has another; leaving it unanswered would show a picker.
  session.setDisplayMediaRequestHandler((_request, answer) => answer({}));
  // The page's own policy forbids this already; here it holds for a page that lost its policy.
  session.webRequest.onBeforeRequest((details, answer) => {
    const isAllowed = isRequestAllowed(details.url, hasDevTools);
    if (!isAllowed) log.warn('request.blocked', { url: details.url });
    answer({ cancel: !isAllowed });
  });
  // Only artifacts and exports of the console are saved, and the system's dialog asks where.
  session.on('will-download', (event, item) => {
    if (item.getURLChain().every((url) => isConsoleUrl(url) || url.startsWith(`blob:${CONSOLE_SCHEME}:`))) return;
    log.warn('download.blocked', {});
    event.preventDefault();
  });
};

/** Keeps one page where it is. */
export const restrictContents = (contents: WebContents, log: AppLogger, openExternal: (url: string) => void): void => {
  // A link, a script or a dropped file would load another page into a window that has our bridge.
  const keep = (event: { preventDefault(): void }, url: string) => {
    if (isConsoleUrl(url)) return;
    event.preventDefault();
    log.warn('navigation.blocked', { url });
  };
  contents.on('will-navigate', (event) => keep(event, event.url));
  contents.on('will-redirect', (event) => keep(event, event.url));
  contents.on('will-frame-navigate', (event) => keep(event, event.url));
  // No second window ever; a listed https page opens in the system's browser.
  contents.setWindowOpenHandler(({ url }) => {
    if (isExternalAllowed(url)) openExternal(url);
    else log.warn('window_open.blocked', { url });
    return { action: 'deny' };
  });
  // A webview would be a page with its own rights inside ours.
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    log.warn('webview.blocked', {});
  });
};

/** Puts the above on every page that is ever made, those of Chromium's own making included. */
export const restrictEveryPage = (app: App, log: AppLogger, openExternal: (url: string) => void): void => {
  app.on('web-contents-created', (_event, contents) => restrictContents(contents, log, openExternal));
};
