import type { KeyObject } from 'node:crypto';
import { fingerprintOf, publicKeyOf, signMessage, verifyMessage } from './ed25519.ts';

/** A DSSE envelope; `payload` and `sig` are base64. */
export interface Dsse {
  payloadType: string;
  payload: string;
  signatures: { keyid?: string; sig: string }[];
}

/** DSSE pre-authentication encoding: what is signed, so that type and payload cannot be taken apart. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs bytes as they are; `keyid` is the fingerprint of the key. */
export function signDsse(privateKey: KeyObject, payloadType: string, payload: Uint8Array): Dsse {
  const sig = signMessage(privateKey, preAuthEncoding(payloadType, payload));
  const keyid = fingerprintOf(publicKeyOf(privateKey));
  return { payloadType, payload: Buffer.from(payload).toString('base64'), signatures: [{ keyid, sig }] };
}

/** The payload's bytes when one signature is that of `publicKey` over this type and payload, else null. */
export function openDsse(envelope: Dsse, payloadType: string, publicKey: string): Buffer | null {
  if (envelope.payloadType !== payloadType) return null;
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthEncoding(payloadType, payload);
  // `keyid` is a hint that anybody can write, so only the pinned key decides.
  return envelope.signatures.some(({ sig }) => verifyMessage(publicKey, signed, sig)) ? payload : null;
}
