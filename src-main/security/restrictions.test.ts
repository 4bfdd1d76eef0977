import { EventEmitter } from 'node:events';
import type { Session, WebContents } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { MemoryLog } from '../testing/memory-log.ts';
import {
  EXTERNAL_HOSTS,
  GRANTED_PERMISSIONS,
  isExternalAllowed,
  isPermissionGranted,
  isRequestAllowed,
  restrictContents,
  restrictSession,
} from './restrictions.ts';

describe('permissions', () => {
  it('grants the listed ones to the console, and each has a reason', () => {
    expect(isPermissionGranted('clipboard-sanitized-write', 'app://console/dashboard/ws_1/sources')).toBe(true);
    for (const reason of GRANTED_PERMISSIONS.values()) expect(reason.length).toBeGreaterThan(10);
  });

  it.each(['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal', 'usb', 'something-new'])(
    'denies %s',
    (permission) => {
      expect(isPermissionGranted(permission, 'app://console/')).toBe(false);
    },
  );

  it('denies a listed one to another page', () => {
    expect(isPermissionGranted('clipboard-sanitized-write', 'https://example.org/')).toBe(false);
  });
});

describe('pages in the system browser', () => {
  it('opens listed hosts over https, and each has a reason', () => {
    expect(isExternalAllowed('https://nodejs.org/en/download')).toBe(true);
    for (const reason of EXTERNAL_HOSTS.values()) expect(reason.length).toBeGreaterThan(10);
  });

  it.each([
    'http://nodejs.org/',
    'https://nodejs.org.example.com/',
    'https://evil.example/?https://nodejs.org',
    'https://nodejs.org@evil.example/',
    'https://user:pw@nodejs.org/',
    'https://nodejs.org:8443/',
    'file:///etc/passwd',
    'smb://nodejs.org/share',
    'javascript:alert(1)',
    'app://console/',
    '',
  ])('refuses %s', (url) => {
    expect(isExternalAllowed(url)).toBe(false);
  });
});

it('lets requests of a page go to the app itself only', () => {
  expect(isRequestAllowed('app://console/api/v1/session', false)).toBe(true);
  expect(isRequestAllowed('blob:app://console/1', false)).toBe(true);
  for (const url of ['http://127.0.0.1:41837/', 'https://example.org/', 'ws://x/', 'file:///x', 'devtools://x', 'x']) {
    expect(isRequestAllowed(url, false)).toBe(false);
  }
  expect(isRequestAllowed('devtools://devtools/bundled/x.js', true)).toBe(true);
});

describe('on a session', () => {
  const log = new MemoryLog();
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    setDisplayMediaRequestHandler: vi.fn(),
    webRequest: { onBeforeRequest: vi.fn() },
  });
  restrictSession(session as unknown as Session, log, false);

  it('answers every door', () => {
    const answer = vi.fn();
    session.setPermissionRequestHandler.mock.calls[0]?.[0]({ getURL: () => 'app://console/' }, 'media', answer);
    expect(answer).toHaveBeenLastCalledWith(false);
    expect(session.setPermissionCheckHandler.mock.calls[0]?.[0](null, 'media', 'app://console')).toBe(false);
    expect(session.setDevicePermissionHandler.mock.calls[0]?.[0]({})).toBe(false);
    session.setDisplayMediaRequestHandler.mock.calls[0]?.[0]({}, answer);
    expect(answer).toHaveBeenLastCalledWith({});
    session.webRequest.onBeforeRequest.mock.calls[0]?.[0]({ url: 'https://example.org/' }, answer);
    expect(answer).toHaveBeenLastCalledWith({ cancel: true });
  });

  it('stops a download that does not come from the console', () => {
    const event = { preventDefault: vi.fn() };
    session.emit('will-download', event, { getURLChain: () => ['app://console/api/v1/x'] });
    expect(event.preventDefault).not.toHaveBeenCalled();
    session.emit('will-download', event, { getURLChain: () => ['app://console/x', 'https://example.org/'] });
    expect(event.preventDefault).toHaveBeenCalledOnce();
  });
});

describe('on a page', () => {
  const log = new MemoryLog();
  const opened: string[] = [];
  const contents = Object.assign(new EventEmitter(), { setWindowOpenHandler: vi.fn() });
  restrictContents(contents as unknown as WebContents, log, (url) => opened.push(url));

  it.each(['will-navigate', 'will-redirect', 'will-frame-navigate'])('stops %s away from the console', (name) => {
    const event = { url: 'https://example.org/', preventDefault: vi.fn() };
    contents.emit(name, event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
    const inside = { url: 'app://console/jobs', preventDefault: vi.fn() };
    contents.emit(name, inside);
    expect(inside.preventDefault).not.toHaveBeenCalled();
  });

  it('never opens a second window, and hands listed pages to the system', () => {
    const open = contents.setWindowOpenHandler.mock.calls[0]?.[0];
    expect(open({ url: 'https://example.org/' })).toEqual({ action: 'deny' });
    expect(open({ url: 'https://nodejs.org/' })).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://nodejs.org/']);
    expect(log.names()).toContain('window_open.blocked');
  });

  it('attaches no webview', () => {
    const event = { preventDefault: vi.fn() };
    contents.emit('will-attach-webview', event);
    expect(event.preventDefault).toHaveBeenCalledOnce();
  });
});
