import { Clock } from 'lucide-react';
import { useEffect } from 'react';
import { useDemo, useIsDemo } from '../../api/demo.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatVirtual } from '../../format/duration.ts';
import { now, showTime } from '../../stores/clock.ts';
import './demo-time.css';

/** Between two looks time is carried on by this much at most, ms: a line that is being read holds it. */
const CARRY_MS = 500;

/** Makes every screen show the time of the demo: it stands while the demo does, and runs at its speed. */
export const DemoTime = () => {
  const { data } = useDemo();
  useEffect(() => {
    if (data === undefined) return;
    const heardAt = now();
    const shown = Date.parse(data.begins) + data.at_ms;
    const speed = data.state === 'playing' ? data.speed : 0;
    showTime((ms) => shown + Math.min(CARRY_MS, ms - heardAt) * speed);
  }, [data]);
  useEffect(() => () => showTime(null), []);
  return null;
};

const Pill = () => {
  const { data } = useDemo();
  if (data === undefined) return null;
  return (
    <span className="virtual-clock" data-tone="run">
      <Clock size={14} aria-hidden="true" />
      Virtual clock <b>{formatVirtual(data.at_ms)}</b>
    </span>
  );
};

/** The virtual clock in the title bar, on every screen of a demo. */
export const VirtualClock = () => (useIsDemo(useWorkspaceId()) ? <Pill /> : null);
