import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { Lease } from '../../../src-server/contract/lease.ts';
import type { Source } from '../../../src-server/contract/source.ts';
import type { ActiveLeases } from '../../api/leases.ts';
import { SourceLane } from './source-lane.tsx';

const LANE_PX = 68;
const STEPS: Readonly<Record<string, number>> = {
  j: 1,
  ArrowRight: 1,
  ArrowDown: 1,
  k: -1,
  ArrowLeft: -1,
  ArrowUp: -1,
};

const groupBySource = (leases: readonly Lease[]): ReadonlyMap<string, readonly Lease[]> => {
  const groups = new Map<string, Lease[]>();
  for (const lease of leases) groups.set(lease.source_id, [...(groups.get(lease.source_id) ?? []), lease]);
  return groups;
};

interface LaneListProps {
  sources: readonly Source[];
  active: ActiveLeases;
  openId: string | null;
  onOpen: (lease: Lease) => void;
  onNearEnd: () => void;
  placeholder: ReactNode;
}

/** A lane for each source, drawn only where it is in view. J, K and arrows go from lease to lease. */
export const LaneList = ({ sources, active, openId, onOpen, onNearEnd, placeholder }: LaneListProps) => {
  const scroll = useRef<HTMLDivElement>(null);
  const bySource = useMemo(() => groupBySource(active.items), [active.items]);
  const virtual = useVirtualizer({
    count: sources.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => LANE_PX,
    overscan: 8,
    getItemKey: (index) => sources[index]?.source_id ?? index,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (sources.length > 0 && lastShown >= sources.length - 10) onNearEnd();
  }, [lastShown, sources.length, onNearEnd]);
  const isOpenHere = active.items.some((lease) => lease.lease_id === openId);
  const firstWithLease = sources.find((source) => bySource.has(source.source_id));
  const firstLease = bySource.get(firstWithLease?.source_id ?? '')?.reduce((a, b) => (b.fence < a.fence ? b : a));
  const entryId = isOpenHere ? openId : (firstLease?.lease_id ?? null);

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || event.metaKey || event.ctrlKey || event.altKey) return;
    const tiles = [...(scroll.current?.querySelectorAll<HTMLElement>('.lease-tile') ?? [])];
    const at = tiles.indexOf(document.activeElement as HTMLElement);
    if (at === -1) return;
    event.preventDefault();
    event.stopPropagation();
    tiles[Math.min(tiles.length - 1, Math.max(0, at + step))]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the leases inside
    <div ref={scroll} className="lane-list" data-table="" onKeyDown={onKeyDown}>
      <div className="lane-rows" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const source = sources[item.index];
          if (source === undefined) return null;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className="lane-row"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <SourceLane
                source={source}
                leases={active.isWhole ? (bySource.get(source.source_id) ?? []) : null}
                openId={openId}
                entryId={entryId}
                onOpen={onOpen}
              />
            </div>
          );
        })}
      </div>
      {sources.length === 0 ? placeholder : null}
    </div>
  );
};
