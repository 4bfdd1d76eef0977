import { type RemoteList, remoteAddBody, remoteChangeBody, remoteTestBody } from '../../contract/console.ts';
import { ProblemError } from '../../contract/problems.ts';
import { ADMIN_ONLY, bodyAs, type ConsoleCall, type ConsoleRoute } from '../call.ts';
import type { HostClock } from '../clock.ts';
import { jsonResponse } from '../problem-response.ts';
import { callRemote } from './remote-proxy.ts';
import type { RemoteStore } from './remote-store.ts';
import { testRemote } from './remote-test.ts';
import { remoteOrigin } from './remote-url.ts';

export interface RemoteParts {
  store: RemoteStore;
  clock: HostClock;
  send: typeof fetch;
  closing: AbortSignal;
}

const ID = '(rmt_[0-9A-HJKMNP-TV-Z]{26})';
const BASE = '/console/remotes';

/** Adding, testing, changing and removing remote workspaces, and the way to them. */
export function remoteRoutes({ store, clock, send, closing }: RemoteParts): ConsoleRoute[] {
  const list = ({ caller }: ConsoleCall): Response => {
    const answer: RemoteList = {
      items: caller.isAdmin ? store.all() : [],
      tokens_kept_in: store.keptIn,
      lack: caller.isAdmin ? null : ADMIN_ONLY,
    };
    return jsonResponse(200, answer);
  };
  const test = async ({ request }: ConsoleCall): Promise<Response> => {
    const { url, token } = await bodyAs(request, remoteTestBody);
    return jsonResponse(200, await testRemote(remoteOrigin(url), token, { clock, send }));
  };
  const add = async ({ request, caller }: ConsoleCall): Promise<Response> => {
    const { url, token, colour } = await bodyAs(request, remoteAddBody);
    const origin = remoteOrigin(url);
    const found = await testRemote(origin, token, { clock, send });
    if (!found.passed) throw testFailed(found.checks);
    return jsonResponse(201, { remote: store.add(caller.name, origin.origin, token, colour, found), test: found });
  };
  const testAgain = async ({ members }: ConsoleCall): Promise<Response> => {
    const [id = ''] = members;
    const { url, token } = store.access(id);
    const found = await testRemote(new URL(url), token, { clock, send });
    if (found.checks[0]?.outcome === 'failed') store.noteSilence(id);
    else store.noteAnswer(id);
    if (found.passed) store.noteWorkspaces(id, found.workspaces);
    return jsonResponse(200, found);
  };
  const change = async ({ request, members }: ConsoleCall): Promise<Response> => {
    const [id = ''] = members;
    const wished = await bodyAs(request, remoteChangeBody);
    if (wished.token !== undefined) {
      const found = await testRemote(new URL(store.one(id).url), wished.token, { clock, send });
      if (!found.passed) throw testFailed(found.checks);
    }
    return jsonResponse(200, store.change(id, wished));
  };
  const remove = ({ members }: ConsoleCall): Response => {
    store.remove(members[0] ?? '');
    return new Response(null, { status: 204 });
  };
  const carry = ({ members, rest, request }: ConsoleCall): Promise<Response> =>
    callRemote({ store, send, closing, after: clock.after }, members[0] ?? '', rest, request);
  return [
    { method: 'GET', pattern: new RegExp(`^${BASE}$`), isOpen: true, handle: list },
    { method: 'POST', pattern: new RegExp(`^${BASE}$`), handle: add },
    { method: 'POST', pattern: new RegExp(`^${BASE}/test$`), handle: test },
    { method: 'POST', pattern: new RegExp(`^${BASE}/${ID}/test$`), handle: testAgain },
    { method: 'PATCH', pattern: new RegExp(`^${BASE}/${ID}$`), handle: change },
    { method: 'DELETE', pattern: new RegExp(`^${BASE}/${ID}$`), handle: remove },
    { method: '*', pattern: new RegExp(`^${BASE}/${ID}(?=/api/)`), handle: carry },
  ];
}

function testFailed(checks: readonly { id: string; outcome: string; sentence: string | null }[]): ProblemError {
  const first = checks.find(({ outcome }) => outcome === 'failed');
  return new ProblemError('remote.test_failed', first?.sentence ?? 'Test it again.', { checks });
}
