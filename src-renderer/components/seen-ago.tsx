import { useSeenMsAgo } from '../api/volatile.ts';
import { formatAge, formatAgeShort } from '../format/duration.ts';

/** Time since the source's last sign of life, renewed each second. */
export const SeenAgo = ({ sourceId, isShort = false }: { sourceId: string; isShort?: boolean }) => {
  const ms = useSeenMsAgo(sourceId);
  if (ms === null) return <>{isShort ? '–' : 'no heartbeat yet'}</>;
  return <>{isShort ? formatAgeShort(ms) : `${formatAge(ms)} ago`}</>;
};
