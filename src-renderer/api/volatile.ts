import { useSyncExternalStore } from 'react';
import type { StreamPulse } from '../../src-server/contract/stream.ts';
import { shownNow, useNow } from '../stores/clock.ts';

/**
 * Last signs of life and lease deadlines travel as "ms ago" and "ms left". Here they are kept as instants of this
 * browser's clock, apart from the query caches, so that a pulse re-renders single cells and never a list.
 */
const seenAt = new Map<string, number>();
const endsAt = new Map<string, number>();
const runtimeEndsAt = new Map<string, number>();
const listeners = new Set<() => void>();
const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

interface Figures {
  sources?: Iterable<{ source_id: string; seen_ms_ago: number | null }>;
  leases?: Iterable<{ lease_id: string; expires_in_ms: number | null; runtime_left_ms?: number | null }>;
  approvals?: Iterable<{ approval_id: string; expires_in_ms: number | null }>;
  admissions?: Iterable<{ admission_id: string; expires_in_ms: number | null }>;
}

/** Takes over the figures of an answer or of a changed row that arrived now. */
export const noteFigures = ({ sources = [], leases = [], approvals = [], admissions = [] }: Figures): void => {
  const at = shownNow();
  for (const { source_id, seen_ms_ago } of sources) {
    if (seen_ms_ago === null) seenAt.delete(source_id);
    else seenAt.set(source_id, at - seen_ms_ago);
  }
  const noteEnd = (id: string, inMs: number | null) => {
    if (inMs === null) endsAt.delete(id);
    else endsAt.set(id, at + inMs);
  };
  for (const { lease_id, expires_in_ms, runtime_left_ms } of leases) {
    if (typeof runtime_left_ms === 'number') runtimeEndsAt.set(lease_id, at + runtime_left_ms);
    if (expires_in_ms === null) runtimeEndsAt.delete(lease_id);
    noteEnd(lease_id, expires_in_ms);
  }
  for (const { approval_id, expires_in_ms } of approvals) noteEnd(approval_id, expires_in_ms);
  for (const { admission_id, expires_in_ms } of admissions) noteEnd(admission_id, expires_in_ms);
  for (const listener of listeners) listener();
};

/** Takes over a pulse of the stream. */
export const notePulse = (pulse: StreamPulse): void =>
  noteFigures({
    sources: Object.entries(pulse.sources).map(([source_id, seen_ms_ago]) => ({ source_id, seen_ms_ago })),
    leases: Object.entries(pulse.leases).map(([lease_id, expires_in_ms]) => ({ lease_id, expires_in_ms })),
  });

/** Ms since the source's last sign of life, renewed each second; null when there was none. */
export const useSeenMsAgo = (sourceId: string): number | null => {
  const at = useSyncExternalStore(subscribe, () => seenAt.get(sourceId) ?? null);
  const clock = useNow();
  return at === null ? null : Math.max(0, clock - at);
};

/** Ms until the attempt reaches its runtime limit, renewed each second; null before it started and once it ended. */
export const useRuntimeLeftMs = (leaseId: string): number | null => {
  const at = useSyncExternalStore(subscribe, () => runtimeEndsAt.get(leaseId) ?? null);
  const clock = useNow();
  return at === null ? null : Math.max(0, at - clock);
};

/** Both ends of a lease as they stand now, for sorting; not renewed by itself. */
export const leaseEndsInMs = (
  leaseId: string,
  clock: number,
): { expiresInMs: number | null; runtimeLeftMs: number | null } => {
  const left = (at: number | undefined) => (at === undefined ? null : Math.max(0, at - clock));
  return { expiresInMs: left(endsAt.get(leaseId)), runtimeLeftMs: left(runtimeEndsAt.get(leaseId)) };
};

/** Ms until a lease, an approval or an admission ends, renewed each second; null when it ended or is not known. */
export const useExpiresInMs = (id: string): number | null => {
  const at = useSyncExternalStore(subscribe, () => endsAt.get(id) ?? null);
  const clock = useNow();
  return at === null ? null : Math.max(0, at - clock);
};
