import { useCallback } from 'react';
import { useSourcesById } from '../../api/sources.ts';
import type { DecisionMember } from './decision-rows.ts';

/** Names for the source ids of a record; one that is not known yet shows by its id. */
export const useCandidateNames = (ids: readonly string[]): ((id: string) => DecisionMember) => {
  const byId = useSourcesById(ids);
  return useCallback(
    (id: string) => {
      const source = byId.get(id);
      return { id, name: source?.name ?? id, kind: source?.kind ?? null };
    },
    [byId],
  );
};
