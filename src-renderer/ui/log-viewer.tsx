import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import './log-viewer.css';

interface LogViewerProps {
  label: string;
  /** Cleaned lines; `splitLog` makes them. */
  lines: readonly string[];
  /** Keeps the newest line in sight; the viewer reports when the reader scrolls away or back to the foot. */
  isFollowing: boolean;
  onFollow: (isFollowing: boolean) => void;
}
const LINE_PX = 20;
const FOOT_PX = 24;

/** Output of an attempt, line by line, only what is in sight drawn. Text stays text, each line in its own direction. */
export const LogViewer = ({ label, lines, isFollowing, onFollow }: LogViewerProps) => {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => LINE_PX,
    overscan: 30,
  });
  useEffect(() => {
    if (isFollowing && lines.length > 0) virtual.scrollToIndex(lines.length - 1, { align: 'end' });
  }, [isFollowing, lines.length, virtual]);
  return (
    <div
      ref={scroll}
      className="log-viewer"
      role="log"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
      tabIndex={0}
      onWheel={(event) => event.deltaY < 0 && isFollowing && onFollow(false)}
      onKeyDown={(event) => ['ArrowUp', 'PageUp', 'Home'].includes(event.key) && isFollowing && onFollow(false)}
      onScroll={({ currentTarget: box }) => {
        const isAtFoot = box.scrollHeight - box.scrollTop - box.clientHeight < FOOT_PX;
        if (isAtFoot && !isFollowing) onFollow(true);
      }}
    >
      <div className="log-lines" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => (
          <div key={item.key} className="log-line" style={{ transform: `translateY(${item.start}px)` }}>
            <span className="log-number" aria-hidden="true">
              {item.index + 1}
            </span>
            <bdi>{lines[item.index]}</bdi>
          </div>
        ))}
      </div>
    </div>
  );
};
