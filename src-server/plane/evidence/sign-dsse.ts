import type { Dsse } from '../../contract/primitives.ts';
import { preAuthEncoding } from '../../ledger/receipts/dsse.ts';
import type { PlaneKey } from '../keys.ts';

/** An envelope signed by the plane's key; Ed25519 is deterministic, so equal payloads give equal bytes. */
export async function signDsse(key: PlaneKey, payloadType: string, payload: Buffer): Promise<Dsse> {
  const signature = await key.sign(preAuthEncoding(payloadType, payload));
  return {
    payloadType,
    payload: payload.toString('base64'),
    signatures: [{ keyid: key.fingerprint, sig: signature.toString('base64') }],
  };
}
