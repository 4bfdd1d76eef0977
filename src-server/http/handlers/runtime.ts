import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { HELLO_PER_SECOND } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { ClaimRequest, HeartbeatAnswer, HeartbeatRequest, helloRequest } from '../../contract/runtime.ts';
import type { DoctorCheck } from '../../contract/source.ts';
import { instantOf } from '../../plane/clock.ts';
import { changePosture } from '../../plane/commands/change-posture.ts';
import { diagnoseSource } from '../../plane/commands/change-source.ts';
import { type Claimant, claimant } from '../../plane/commands/claim-work.ts';
import { registerRunner } from '../../plane/commands/register-seat.ts';
import { isSigned, type Registered, returnByKey } from '../../plane/commands/register-session.ts';
import { beat, sign } from '../../plane/commands/sign-of-life.ts';
import { goOffline } from '../../plane/due.ts';
import type { HostedWorkspace } from '../../plane/host.ts';
import { classOf, type HotSource } from '../../plane/hot/source.ts';
import { heartbeatMs, renewNamed } from '../../plane/leases.ts';
import { type Answer, type Call, type Handler, ok, runnerOf } from '../call.ts';
import { assignmentOf } from '../envelope.ts';
import { addressOf, countWrong } from '../principal.ts';
import { burnSeen } from '../seen-credential.ts';
import { waitFor } from '../wait-for.ts';

export const HELLOS = { limit: HELLO_PER_SECOND, windowMs: 1_000 };

const originHash = (origin: string): string => createHash('sha256').update(origin).digest('base64url');

async function hello(call: Call): Promise<Answer> {
  const { host, hellos, authorities, publicUrl } = call.served;
  const waitMs = hellos.note(addressOf(call.request));
  if (waitMs !== null)
    throw new ProblemError('rate.limited', 'Too many hellos came from this address; try again in a second.', {
      retry_after_ms: waitMs,
    });
  const { client_nonce: clientNonce } = call.body as z.infer<typeof helloRequest>;
  const [, dialled] = clientNonce.split('.');
  const ours = new Set([...authorities.origins, publicUrl].map(originHash));
  // A runner that dialled another address was led here by somebody in between.
  if (dialled !== undefined && !ours.has(dialled))
    throw new ProblemError(
      'proof.invalid',
      'The runner dialled another address than this control plane has. Check --url and --public-url.',
    );
  const nonce = host.tokens.nonce();
  const signature = await host.key.sign(Buffer.from(`connected-compute/hello/v1\n${clientNonce}\n${nonce}`));
  return ok({
    nonce,
    plane_public_key: host.key.publicKeyBase64,
    signature: signature.toString('base64'),
    succession: host.succession,
  });
}

interface Claiming {
  hosted: HostedWorkspace;
  who: Claimant;
  session: Record<string, unknown> | null;
}

/** The session that claims: by token, by credential or by its key. */
async function claiming(call: Call, request: ClaimRequest): Promise<Claiming> {
  const { caller } = call;
  if (caller.kind === 'runner') {
    const { hosted, sessionId } = caller;
    return { hosted, who: claimant(hosted.workspace.ctx, sessionId), session: null };
  }
  if (request.register === undefined)
    throw new ProblemError('field.invalid', 'Send register with the claim: it names the runner.', {
      errors: [{ pointer: '/register', message: 'is required here' }],
    });
  const { register } = request;
  const offered = request.max === 0 ? null : request.capacity;
  try {
    if (caller.kind === 'returning') {
      const hosted = call.served.host.ofSession(caller.sessionId);
      if (hosted === undefined)
        throw new ProblemError(
          'auth.invalid',
          'This session is not known here. Enroll the runner again under Sources, Add runner.',
        );
      const registered = await hosted.workspace.run((ctx) => returnByKey(ctx, caller.sessionId, register, offered));
      return { hosted, who: registered, session: sessionAnswer(call, hosted, registered) };
    }
    if (caller.kind !== 'credential') throw new Error('a claim without a caller');
    const hosted =
      call.served.host.ofCredential(caller.credential) ?? (call.served.host.workspaces()[0] as HostedWorkspace);
    const registered = await hosted.workspace.run((ctx) =>
      registerRunner(ctx, caller.credential, register, request.capacity),
    );
    return { hosted, who: registered, session: sessionAnswer(call, hosted, registered) };
  } catch (error) {
    throw countWrong(error, call.request, call.served.wrongBearers);
  }
}

function sessionAnswer(
  call: Call,
  hosted: HostedWorkspace,
  { session, source, token }: Registered,
): Record<string, unknown> {
  const { leaseTtlMs } = hosted.workspace.engine.state.head.config;
  return {
    session_id: session.sessionId,
    source_id: source.sourceId,
    session_token: token,
    plane_public_key: call.served.host.key.publicKeyBase64,
    heartbeat_interval_ms: heartbeatMs(hosted.workspace.engine),
    lease_ttl_ms: leaseTtlMs,
    compute_class: classOf(source),
  };
}

async function claim(call: Call): Promise<Answer> {
  const request = call.body as ClaimRequest;
  const { hosted, who, session } = await claiming(call, request);
  if (call.idempotency === null) throw new Error('a claim without its key');
  // A client that hangs up gives its poll back; what it was granted in that moment lapses and goes to somebody else.
  const abandon = (): void => hosted.workspace.abandonClaim(who.session.sessionId);
  call.response.once('close', abandon);
  const outcome = await hosted.workspace
    .claim(who, request, call.idempotency)
    .finally(() => call.response.off('close', abandon));
  if (session === null && outcome.grants.length === 0) {
    return {
      status: 204,
      headers: { 'retry-after': '1', ...(outcome.reason === null ? {} : { 'cc-reason': outcome.reason }) },
    };
  }
  const { key } = call.served.host;
  const assignments = await Promise.all(
    outcome.grants.map((granted) => assignmentOf(key, hosted.workspaceId, granted)),
  );
  return ok({ ...(session === null ? {} : { session }), assignments });
}

const directiveOf = (source: HotSource): 'drain' | 'revoke' | undefined =>
  source.revoked !== null ? 'revoke' : source.draining !== null ? 'drain' : undefined;

async function heartbeat(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  const request = call.body as HeartbeatRequest;
  const { host } = call.served;
  const { renew } = request;
  if (renew !== undefined) {
    const { publicKey } = claimant(hosted.workspace.ctx, sessionId).session;
    const isFresh = host.tokens.takeNonce(renew.nonce);
    if (!isFresh || !isSigned(publicKey, `connected-compute/session/v1\n${sessionId}\n${renew.nonce}`, renew.proof)) {
      throw new ProblemError('proof.invalid', 'Send the heartbeat without renew, then sign the nonce of its answer.');
    }
  }
  for (const { lease_id: leaseId, sha256 } of request.exposed ?? [])
    await burnSeen(host, sha256, { kind: 'runner', id: sessionId }, `It was seen in the output of lease ${leaseId}.`);
  const answer = await hosted.workspace.run((ctx): HeartbeatAnswer => {
    const { source } = claimant(ctx, sessionId);
    sign(ctx.engine, source);
    beat(ctx.engine, source);
    if (request.posture !== undefined) changePosture(ctx, source, request.posture);
    const directive = directiveOf(source);
    return {
      server_time: instantOf(ctx.engine.clock.wallMs()),
      next_heartbeat_ms: heartbeatMs(ctx.engine),
      nonce: host.tokens.nonce(),
      ...(renew === undefined ? {} : { session_token: host.tokens.issue(sessionId) }),
      leases: renewNamed(ctx.engine, sessionId, request.leases, ctx.wakeups),
      source: { state: source.state, ...(directive === undefined ? {} : { directive }) },
    };
  });
  return ok(answer);
}

async function doctor(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  const source = await hosted.workspace.run((ctx) => {
    const who = claimant(ctx, sessionId);
    sign(ctx.engine, who.source);
    diagnoseSource(ctx, sessionId, who.source.sourceId, (call.body as { checks: DoctorCheck[] }).checks);
    return who.source;
  });
  return ok({ source: { source_id: source.sourceId, state: source.state }, compute_class: classOf(source) });
}

async function sessionEnd(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  await hosted.workspace.run((ctx) => {
    const { source } = claimant(ctx, sessionId);
    goOffline(ctx.engine, source, 'goodbye', { kind: 'runner', id: sessionId });
  });
  hosted.workspace.abandonClaim(sessionId);
  call.served.host.tokens.drop(sessionId);
  return ok({ ok: true });
}

/** What the runner has to be told now: repeated until the lease ends, so that a lost answer loses nothing. */
function directivesNow(call: Call): { n: number; leases: object[]; approvals: object[]; source: object } | null {
  const { sessionId, hosted } = runnerOf(call);
  const { ctx } = hosted.workspace;
  const session = ctx.engine.hot.fleet.sessions.get(sessionId);
  if (session === undefined) return null;
  const source = ctx.engine.hot.fleet.placeOf(session);
  const leases = [...source.activeLeases].flatMap((id) => {
    const lease = ctx.engine.hot.lease(id);
    return lease?.directive == null || lease.sessionId !== sessionId
      ? []
      : [{ lease_id: id, directive: lease.directive.kind, reason: lease.directive.reason }];
  });
  const approvals = [...source.activeLeases].flatMap((id) => {
    const lease = ctx.engine.hot.lease(id);
    const question = lease?.sessionId === sessionId ? lease.question : null;
    return question == null || question.status === 'pending'
      ? []
      : [{ approval_id: question.approvalId, status: question.status }];
  });
  // A runner of a pool may be ended alone.
  const directive = session.state === 'ended' ? 'revoke' : directiveOf(source);
  if (leases.length === 0 && approvals.length === 0 && directive === undefined) return null;
  return { n: ctx.wakeups.n, leases, approvals, source: directive === undefined ? {} : { directive } };
}

async function directives(call: Call): Promise<Answer> {
  const { sessionId, hosted } = runnerOf(call);
  const { after, wait_ms: waitMs } = call.query as { after: number; wait_ms: number };
  await hosted.workspace.run((ctx) => {
    const session = ctx.engine.hot.fleet.sessions.get(sessionId);
    if (session !== undefined && session.state !== 'ended') sign(ctx.engine, ctx.engine.hot.fleet.placeOf(session));
  });
  const change = waitFor(call, (wake) => hosted.workspace.ctx.wakeups.on(sessionId, wake));
  const now = directivesNow(call);
  if (now !== null && (now.n > after || waitMs === 0 || after === 0)) {
    change.giveUp();
    return ok(now);
  }
  await change.within(waitMs);
  const then = directivesNow(call);
  return then === null ? { status: 204 } : ok(then);
}

/** Routes of a runner that are not about one attempt. */
export const runtimeHandlers = { hello, claim, heartbeat, doctor, sessionEnd, directives } satisfies Record<
  string,
  Handler
>;
