import { useCallback, useMemo } from 'react';
import { useSources } from '../../api/sources.ts';
import type { DecisionMember } from './decision-rows.ts';

/** Names for the source ids of a record; a source that is not in the list shows by its id. */
export const useCandidateNames = (): ((id: string) => DecisionMember) => {
  const { data } = useSources();
  const byId = useMemo(
    () => new Map((data?.pages ?? []).flatMap((page) => page.items).map((source) => [source.source_id, source])),
    [data],
  );
  return useCallback(
    (id: string) => {
      const source = byId.get(id);
      return { id, name: source?.name ?? id, kind: source?.kind ?? null };
    },
    [byId],
  );
};
