import { ArrowDownToLine } from 'lucide-react';
import { Link } from 'react-router';
import type { Lease } from '../../../src-server/contract/lease.ts';
import type { Source } from '../../../src-server/contract/source.ts';
import { useSourceLeases } from '../../api/leases.ts';
import { useSeenMsAgo } from '../../api/volatile.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatPlural } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { Button } from '../../ui/button.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { useSourceAction } from '../sources/use-source-action.ts';
import { LeaseTile } from './lease-tile.tsx';
import { freeSlots, idleLaneWords, laneWords } from './lease-words.ts';

/** Free slots are drawn one by one up to here, and counted above. */
const DRAWN_SLOTS_MAX = 4;

const LaneHead = ({ source }: { source: Source }) => {
  const ws = useWorkspaceId();
  const seen = useSeenMsAgo(source.source_id);
  const { look, text } = laneWords(source, seen);
  const drain = useSourceAction(source, 'sourceDrain');
  return (
    <div className="lane-head">
      <KindIcon kind={source.kind} />
      <Link className="medium truncate" title={source.name} to={routes.sources(ws, { source: source.source_id })}>
        {source.name}
      </Link>
      <span className="lane-state" data-tone={look.tone} title={look.label}>
        <StateGlyph shape={look.shape} size={12} className="tone" />
        <span className="truncate">{text}</span>
      </span>
      {drain.problem === null ? null : (
        <span className="lane-problem" role="alert">
          {problemText(drain.problem)}
        </span>
      )}
      {source.draining || source.revoked ? null : (
        <Button
          className="lane-drain"
          size="small"
          icon={<ArrowDownToLine />}
          label={`Drain ${source.name}`}
          disabledReason={drain.disabledReason}
          isBusy={drain.isBusy}
          onClick={() => drain.run()}
        />
      )}
    </div>
  );
};

const FreeSlots = ({ source, isAlone }: { source: Source; isAlone: boolean }) => {
  const seen = useSeenMsAgo(source.source_id);
  const closed = idleLaneWords(source, seen);
  if (closed !== null) {
    return isAlone ? (
      <span className="lane-quiet">{closed}</span>
    ) : (
      <span className="lane-slot is-counted" title={closed}>
        closed
      </span>
    );
  }
  const free = freeSlots(source);
  if (free > DRAWN_SLOTS_MAX) return <span className="lane-slot is-counted">{free} free</span>;
  if (free === 0 && isAlone) return <span className="lane-quiet">Online, its runner offers no slot now.</span>;
  return (
    <>
      {Array.from({ length: free }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: free slots have no identity
        <span key={i} className="lane-slot" aria-hidden="true" />
      ))}
      {free === 0 ? null : <span className="visually-hidden">{formatPlural(free, 'free slot')}</span>}
    </>
  );
};

interface SourceLaneProps {
  source: Source;
  /** Its leases, or null where the screen does not hold all leases: then the lane fetches its own. */
  leases: readonly Lease[] | null;
  openId: string | null;
  entryId: string | null;
  onOpen: (lease: Lease) => void;
}

/** One source: its leases oldest first, then its free slots. */
export const SourceLane = ({ source, leases, openId, entryId, onOpen }: SourceLaneProps) => {
  const own = useSourceLeases(leases === null && source.in_use > 0 ? source.source_id : null);
  const shown = [...(leases ?? own.data ?? [])].sort((a, b) => a.fence - b.fence);
  const isOn = shown.some((lease) => lease.lease_id === openId);
  return (
    <section className={isOn ? 'source-lane is-on' : 'source-lane'} aria-label={source.name}>
      <LaneHead source={source} />
      <div className="lane-slots">
        {shown.map((lease) => (
          <LeaseTile
            key={lease.lease_id}
            lease={lease}
            isOpen={lease.lease_id === openId}
            isEntry={lease.lease_id === entryId}
            onOpen={onOpen}
          />
        ))}
        <FreeSlots source={source} isAlone={shown.length === 0} />
      </div>
    </section>
  );
};
