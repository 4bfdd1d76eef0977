import type { EvidenceItem } from '../../src-server/contract/workspace.ts';
import type { EvidenceProof } from './evidence.ts';

const toBytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const toBase64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const hashOf = async (prefix: number, ...parts: Uint8Array[]): Promise<Uint8Array> => {
  const bytes = new Uint8Array(1 + parts.reduce((sum, part) => sum + part.length, 0));
  bytes[0] = prefix;
  let at = 1;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
};

/** Does the audit path lead from the entry's bytes to the root of the checkpoint (RFC 9162, 2.1.3.2)? Computed here. */
export const checkInclusion = async (
  item: Pick<EvidenceItem, 'seq' | 'line'>,
  proof: EvidenceProof,
): Promise<boolean> => {
  if (proof.seq !== item.seq || item.seq >= proof.size) return false;
  let hash = await hashOf(0, new TextEncoder().encode(item.line));
  if (toBase64(hash) !== proof.leaf_hash) return false;
  let node = item.seq;
  let last = proof.size - 1;
  for (const sibling of proof.inclusion) {
    if (last === 0) return false;
    const beside = toBytes(sibling);
    if (node % 2 === 1 || node === last) {
      hash = await hashOf(1, beside, hash);
      while (node % 2 === 0 && node !== 0) {
        node = Math.floor(node / 2);
        last = Math.floor(last / 2);
      }
    } else hash = await hashOf(1, hash, beside);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && toBase64(hash) === proof.root;
};
