import { createHash } from 'node:crypto';
import { fingerprintOf, verifyMessage } from './ed25519.ts';
import { RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { newClientNonce } from './ids.ts';
import type { PlaneClient } from './plane-client.ts';
import { isSuccessor } from './succession.ts';
import { answerOf, type HelloAnswer } from './wire.ts';

/** Under the 10 s that a frozen job waits for its answer. */
const TIMEOUT_MS = 5_000;

/** What a plane that proved itself gave. `nonce` serves for one proof within 60 s. */
export interface Greeting {
  nonce: string;
  planePublicKey: string;
  /** The plane's wall clock from the Date header, in ms since 1970; null when it sent none. */
  planeWallMs: number | null;
}

/**
 * Lets the plane prove that it holds the pinned key, before anything secret is sent to it.
 * The nonce carries the dialled origin, so that a plane in the middle cannot pass it on to the real one.
 * Throws RunnerError 76 when it does not prove it; PlaneUnreachable and PlaneProblem as they come.
 * @param pinned fingerprint of the only key that is trusted.
 */
export async function greet(client: PlaneClient, pinned: string): Promise<Greeting> {
  const clientNonce = `${newClientNonce()}.${createHash('sha256').update(client.origin).digest('base64url')}`;
  const answer = await client.send({
    method: 'POST',
    path: '/api/v1/runtime/hello',
    timeoutMs: TIMEOUT_MS,
    json: { client_nonce: clientNonce },
  });
  const members = { nonce: 'string', plane_public_key: 'string', signature: 'string' } as const;
  const hello = answerOf<HelloAnswer>(answer.json, 'hello', members);
  const actual = fingerprintOf(hello.plane_public_key);
  // A key that the pinned one, or one that followed it, signed for is as good.
  if (actual !== pinned && !isSuccessor(pinned, actual, hello.succession)) {
    throw new RunnerError(
      EXIT.planeNotTrusted,
      `The plane at ${client.origin} shows key ${actual}, pinned is ${pinned}. Nothing secret was sent. Ask its operator which key is right. Was the plane recovered from an older copy or set up anew, then enroll again: connect with a new credential and the commands that come with it.`,
    );
  }
  const signed = `connected-compute/hello/v1\n${clientNonce}\n${hello.nonce}`;
  if (!verifyMessage(hello.plane_public_key, signed, hello.signature)) {
    throw new RunnerError(
      EXIT.planeNotTrusted,
      `The plane at ${client.origin} could not sign with the pinned key. Nothing secret was sent.`,
    );
  }
  const date = Date.parse(answer.headers.date ?? '');
  return { nonce: hello.nonce, planePublicKey: hello.plane_public_key, planeWallMs: Number.isNaN(date) ? null : date };
}
