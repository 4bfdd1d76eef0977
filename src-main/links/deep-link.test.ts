import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deepLinkIn, pathOfDeepLink } from './deep-link.ts';

const WS = `ws_${'0'.repeat(26)}`;
const JOB = `job_${'0'.repeat(26)}`;

describe('a deep link', () => {
  it.each([
    [`connected-compute://open/dashboard/${WS}/jobs?state=queued`, `/dashboard/${WS}/jobs?state=queued`],
    [`connected-compute://open/dashboard/${WS}/jobs/${JOB}`, `/dashboard/${WS}/jobs/${JOB}`],
    [`connected-compute://open/dashboard/${WS}/sources/add`, `/dashboard/${WS}/sources/add`],
    [`connected-compute://open/dashboard/${WS}/settings`, `/dashboard/${WS}/settings`],
  ])('%s opens its screen', (text, path) => expect(pathOfDeepLink(text)).toBe(path));

  it.each([
    'connected-compute://open/',
    `connected-compute://other/dashboard/${WS}/jobs`,
    `connected-compute://open:80/dashboard/${WS}/jobs`,
    `connected-compute://a@open/dashboard/${WS}/jobs`,
    `connected-compute://open/dashboard/${WS}/jobs/../../../x`,
    `connected-compute://open/dashboard/${WS}/jobs#x`,
    `connected-compute://open/dashboard/${WS}/jobs?state=<img>`,
    `connected-compute://open/dashboard/${WS}/jobs?state=a&state=b`,
    `connected-compute://open/dashboard/${WS}/jobs?open=submit`,
    `connected-compute://open/dashboard/${WS}/jobs --inspect`,
    `connected-compute://open/dashboard/${WS}/%00`,
    `connected-compute://open/dashboard/${WS}/jobs\\x`,
    `https://open/dashboard/${WS}/jobs`,
    'connected-compute://open/sign-in#code',
    'connected-compute:javascript:alert(1)',
    `connected-compute://open/dashboard/${WS}/jobs?q=${'x'.repeat(1_000)}`,
  ])('%s is refused', (text) => expect(pathOfDeepLink(text)).toBeNull());

  it('leads to a screen of a workspace, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string(), fc.webPath(), (tail, path) => {
        for (const text of [
          `connected-compute://open${path}${tail}`,
          `connected-compute://open/dashboard/${WS}/${tail}`,
        ]) {
          const found = pathOfDeepLink(text);
          if (found !== null) expect(found).toMatch(/^\/dashboard\/ws_[0-9A-Z]{26}\/[a-z]/);
        }
      }),
    );
  });
});

describe('the arguments of a start', () => {
  const link = `connected-compute://open/dashboard/${WS}/jobs`;
  it('hold a link last, or none', () => {
    expect(deepLinkIn(['/app', '--allow-file-access-from-files', link])).toEqual({
      kind: 'open',
      path: `/dashboard/${WS}/jobs`,
    });
    expect(deepLinkIn(['/app', '--original-process-start-time=1'])).toEqual({ kind: 'none' });
  });
  it('are refused with anything after the link', () => {
    for (const injected of ['--inspect', '--gpu-launcher=calc', 'x'])
      expect(deepLinkIn(['/app', link, injected]).kind).toBe('refused');
    expect(deepLinkIn(['/app', 'CONNECTED-COMPUTE://evil']).kind).toBe('refused');
  });
});
