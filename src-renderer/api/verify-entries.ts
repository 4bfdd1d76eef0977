import { useEffect, useState } from 'react';
import type { EvidenceItem } from '../../src-server/contract/workspace.ts';

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Does the entry's hash belong to its bytes? Computed here, so that a shown shield is this console's own check. */
export const verifyEntry = async (item: Pick<EvidenceItem, 'line' | 'sha256'>): Promise<boolean> =>
  hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(item.line))) === item.sha256;

/** Per seq whether the entry was found whole; entries that are not checked yet are missing. */
export const useVerifiedEntries = (items: readonly EvidenceItem[]): ReadonlyMap<number, boolean> => {
  const [verified, setVerified] = useState<ReadonlyMap<number, boolean>>(new Map());
  useEffect(() => {
    let isCurrent = true;
    // Only secure contexts (loopback, https, the desktop app) can hash; elsewhere nothing is claimed.
    if (crypto.subtle === undefined) return;
    void Promise.all(items.map(async (item) => [item.seq, await verifyEntry(item)] as const)).then((pairs) => {
      if (isCurrent) setVerified(new Map(pairs));
    });
    return () => {
      isCurrent = false;
    };
  }, [items]);
  return verified;
};
