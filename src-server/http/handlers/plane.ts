import { SIGN_IN_CODE_TTL_MS, SIGN_IN_SESSION_TTL_MS } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { RouteId } from '../../contract/routes.ts';
import { ROLE_RIGHTS, type Role } from '../../contract/terms.ts';
import { instantOf } from '../../plane/clock.ts';
import type { OperatorRecord } from '../../plane/operators.ts';
import { workspaceView } from '../../plane/views/overview-view.ts';
import { actorOf, type Call, type Handler, ok, operatorOf } from '../call.ts';
import { countWrong } from '../principal.ts';

const operatorItem = (o: OperatorRecord) => ({
  operator_id: o.operatorId,
  name: o.name,
  role: o.role,
  created_at: o.createdAt,
  revoked_at: o.revokedAt,
});
const workspaces = (call: Call) =>
  call.served.host.workspaces().map((h) => workspaceView(h.workspace.engine, h.createdAt));

function signIn(call: Call): ReturnType<Handler> {
  const { host, port, isTls } = call.served;
  const redeemed = host.operators.redeem((call.body as { code: string }).code);
  if (redeemed === null) {
    throw countWrong(
      new ProblemError('sign_in.code_invalid', 'Get a fresh link: node out/cli.mjs console'),
      call.request,
      call.served.wrongBearers,
    );
  }
  const cookie = `cc_${port}=${redeemed.cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${SIGN_IN_SESSION_TTL_MS / 1000}${isTls || call.served.publicUrl.startsWith('https:') ? '; Secure' : ''}`;
  return Promise.resolve(ok({ session_key: redeemed.sessionKey }, { 'set-cookie': cookie }));
}

async function session(call: Call): ReturnType<Handler> {
  const { host, publicUrl, isLoopbackOnly } = call.served;
  const operator = operatorOf(call);
  return ok({
    operator: { operator_id: operator.operatorId, name: operator.name, role: operator.role },
    rights: ROLE_RIGHTS[operator.role],
    workspaces: workspaces(call),
    demos: call.served.demos?.workspaceIds() ?? [],
    plane: {
      version: host.version,
      fingerprint: host.key.fingerprint,
      plane_public_key: host.key.publicKeyBase64,
      url: publicUrl,
      loopback_only: isLoopbackOnly,
      hosted_by: host.hostedBy,
    },
  });
}

/** Routes of the plane itself: health, contract, sign-in, operators, workspaces, the runner's bytes. */
export const planeHandlers = {
  health: async (call) => {
    const isReadOnly = call.served.host.workspaces().some((h) => h.workspace.readOnlyBecause !== null);
    const status = call.served.isStopping() ? 'stopping' : isReadOnly ? 'read_only' : 'ok';
    return ok({
      status,
      version: call.served.host.version,
      contract: 1,
      server_time: instantOf(call.served.host.clock.wallMs()),
    });
  },
  openapi: async (call) => {
    const text = call.served.openapi();
    call.response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    call.response.end(text);
    return 'handled';
  },
  metrics: async (call) => {
    call.response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' });
    call.response.end(call.served.metrics.text(call.served.host));
    return 'handled';
  },
  signIn,
  signInCode: async (call) => ({
    status: 201,
    json: {
      code: call.served.host.operators.signInCode(operatorOf(call).operatorId),
      expires_in_ms: SIGN_IN_CODE_TTL_MS,
    },
  }),
  session,
  signOut: async (call) => {
    if (call.caller.kind === 'operator' && call.caller.cookie !== null)
      call.served.host.operators.signOut(call.caller.cookie);
    return {
      status: 204,
      headers: { 'set-cookie': `cc_${call.served.port}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0` },
    };
  },
  operators: async (call) => ok({ items: call.served.host.operators.all().map(operatorItem), next_cursor: null }),
  operatorCreate: async (call) => {
    const { name, role } = call.body as { name: string; role: Role };
    const made = await call.served.host.operators.create(actorOf(call).id, name, role);
    return { status: 201, json: { ...operatorItem(made), token: made.token } };
  },
  operatorRevoke: async (call) =>
    ok(operatorItem(await call.served.host.operators.revoke(actorOf(call).id, call.params.operator_id ?? ''))),
  workspaces: async (call) => ok({ items: workspaces(call), next_cursor: null }),
  workspaceCreate: async (call) => {
    const made = await call.served.host.createWorkspace(actorOf(call).id, (call.body as { name: string }).name);
    return { status: 201, json: workspaceView(made.workspace.engine, made.createdAt) };
  },
  runnerModule: async (call) => {
    const module = call.served.runnerModules.get(call.params.sha256 ?? '');
    if (module === undefined) throw new ProblemError('not_found', 'There is no such module of the runner here.');
    call.response.writeHead(200, {
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': module.length,
      // The address is the digest: what is there never changes.
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    call.response.end(module);
    return 'handled';
  },
  bootstrap: async (call) => {
    const { bootstrap } = call.served;
    if (bootstrap === null) throw new ProblemError('not_found', 'The runner was not built. Run: npm run build');
    const etag = `"${bootstrap.sha256}"`;
    if (call.request.headers['if-none-match'] === etag) {
      call.response.writeHead(304, { etag }).end();
      return 'handled';
    }
    call.response.writeHead(200, {
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': bootstrap.bytes.length,
      etag,
      'repr-digest': `sha-256=:${Buffer.from(bootstrap.sha256, 'hex').toString('base64')}:`,
      'cc-signature': bootstrap.signature,
      'x-content-type-options': 'nosniff',
    });
    call.response.end(bootstrap.bytes);
    return 'handled';
  },
} satisfies Partial<Record<RouteId, Handler>>;
