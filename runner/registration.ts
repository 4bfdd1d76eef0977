import type { KeyObject } from 'node:crypto';
import type { ClaimRequest, Register } from '../src-server/contract/runtime.ts';
import { publicKeyOf, sha256Hex, signMessage } from './ed25519.ts';
import { PlaneProblem, RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import type { SourceFacts } from './facts.ts';
import { greet } from './hello.ts';
import { newIdempotencyKey } from './ids.ts';
import type { PlaneClient } from './plane-client.ts';
import { CONTRACT_VERSION } from './version.ts';
import { answerOf, type SessionGrant } from './wire.ts';

/** What stays the same in every registration of one runner. */
export interface Registrant {
  client: PlaneClient;
  /** Fingerprint of the pinned plane key. */
  planeKey: string;
  privateKey: KeyObject;
  facts: SourceFacts;
  /** Slots in all. */
  capacity: number;
}

function readGrant(json: unknown): SessionGrant {
  const { session } = answerOf<{ session: unknown }>(json, 'claim', { session: 'object' });
  return answerOf<SessionGrant>(session, 'claim', {
    session_id: 'string',
    source_id: 'string',
    session_token: 'string',
    plane_public_key: 'string',
    heartbeat_interval_ms: 'number',
    lease_ttl_ms: 'number',
    compute_class: 'string',
  });
}

/** The plane's refusal of a registration as the end of a command; other problems pass unchanged. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof PlaneProblem)) return error;
  if (error.code === 'credential.mistyped') return new RunnerError(EXIT.data, error.detail);
  if (error.code === 'runner.too_old') return new RunnerError(EXIT.unavailable, error.detail);
  if (/^(credential|session|proof|runner|auth)\./.test(error.code))
    return new RunnerError(EXIT.notPermitted, error.detail);
  return error;
}

async function register(
  registrant: Registrant,
  authorization: string,
  proofText: (nonce: string) => string,
): Promise<SessionGrant> {
  try {
    return await registerOnce(registrant, authorization, proofText);
  } catch (error) {
    // The plane may have restarted between hello and claim and so have forgotten its nonce: one fresh proof decides.
    if (!(error instanceof PlaneProblem && error.code === 'proof.invalid')) throw refusalOf(error);
    return registerOnce(registrant, authorization, proofText).catch((again: unknown) => {
      throw refusalOf(again);
    });
  }
}

async function registerOnce(
  { client, planeKey, privateKey, facts, capacity }: Registrant,
  authorization: string,
  proofText: (nonce: string) => string,
): Promise<SessionGrant> {
  const { nonce, planePublicKey } = await greet(client, planeKey);
  const body: ClaimRequest = {
    register: {
      contract: CONTRACT_VERSION,
      public_key: publicKeyOf(privateKey),
      nonce,
      proof: signMessage(privateKey, proofText(nonce)),
      ...facts,
    } satisfies Register,
    capacity,
    wait_ms: 0,
    max: 0,
  };
  // A fresh key each time: an answer with a token is never rebuilt from an earlier one.
  const headers = { authorization, 'idempotency-key': newIdempotencyKey() };
  const answer = await client.send({ method: 'POST', path: '/api/v1/runtime/claim', headers, json: body });
  const grant = readGrant(answer.json);
  if (grant.plane_public_key !== planePublicKey) {
    throw new RunnerError(EXIT.planeNotTrusted, 'The plane names another key in its session than it proved. Not used.');
  }
  return grant;
}

/** Redeems the one-time credential. Repeated with the same key it answers the same session until its token is used. */
export function registerWithCredential(registrant: Registrant, credential: string): Promise<SessionGrant> {
  const digest = sha256Hex(credential);
  return register(registrant, `Bearer ${credential}`, (nonce) => `connected-compute/register/v1\n${nonce}\n${digest}`);
}

/** Comes back with the runner's key alone: a new token for the same session, never a second session. */
export function returnByKey(registrant: Registrant, sessionId: string): Promise<SessionGrant> {
  return register(registrant, `Runner ${sessionId}`, (nonce) => sessionProofText(sessionId, nonce));
}

/** What a runner signs to renew its token or to come back. */
export function sessionProofText(sessionId: string, nonce: string): string {
  return `connected-compute/session/v1\n${sessionId}\n${nonce}`;
}
