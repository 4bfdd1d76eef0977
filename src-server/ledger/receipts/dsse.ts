import type { KeyObject } from 'node:crypto';
import type { Dsse } from '../../contract/primitives.ts';
import { isSignedBy, isSignedByAsync } from './ed25519.ts';

/** DSSE's pre-authentication encoding: what is signed, so that type and payload cannot be taken apart. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/**
 * The bytes under which an envelope is kept and digested: canonical JSON (RFC 8785), written out because its members are
 * few and known. Members of others are not kept.
 */
export function envelopeBytes({ payload, payloadType, signatures }: Dsse): Buffer {
  const signed = signatures.map(({ keyid, sig }) => (keyid === undefined ? { sig } : { keyid, sig }));
  return Buffer.from(JSON.stringify({ payload, payloadType, signatures: signed }));
}

/** Standard base64 with its padding, and nothing that a decoder would skip; null otherwise. */
export function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

/** The payload when one signature is that of `key` over this type and payload, else null. Never throws. */
export function openEnvelope(envelope: Dsse, payloadType: string, key: KeyObject | null): Buffer | null {
  const parts = partsOf(envelope, payloadType);
  if (parts === null) return null;
  return parts.signatures.some((sig) => isSignedBy(key, parts.signed, sig)) ? parts.payload : null;
}

/** The same without holding up the caller's thread. */
export async function openEnvelopeAsync(
  envelope: Dsse,
  payloadType: string,
  key: KeyObject | null,
): Promise<Buffer | null> {
  const parts = partsOf(envelope, payloadType);
  if (parts === null) return null;
  for (const sig of parts.signatures) if (await isSignedByAsync(key, parts.signed, sig)) return parts.payload;
  return null;
}

/** `keyid` is a hint that anybody can write, so only the key that the caller knows decides. */
function partsOf(
  envelope: Dsse,
  payloadType: string,
): { payload: Buffer; signed: Buffer; signatures: Buffer[] } | null {
  const payload = strictBase64(envelope.payload);
  if (payload === null || envelope.payloadType !== payloadType) return null;
  const signatures = envelope.signatures.map(({ sig }) => strictBase64(sig)).filter((sig) => sig !== null);
  return { payload, signed: preAuthEncoding(payloadType, payload), signatures };
}
