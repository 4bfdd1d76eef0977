import { Box, Laptop, Layers, type LucideIcon, RefreshCw, ShipWheel } from 'lucide-react';
import type { SourceKind } from '../../src-server/contract/terms.ts';

const ICONS: Readonly<Record<SourceKind, LucideIcon>> = {
  laptop: Laptop,
  ci_runner: RefreshCw,
  docker_host: Box,
  kubernetes_worker: ShipWheel,
  managed_pool: Layers,
};
export const KIND_LABELS: Readonly<Record<SourceKind, string>> = {
  laptop: 'Laptop',
  ci_runner: 'CI runner',
  docker_host: 'Docker host',
  kubernetes_worker: 'Kubernetes worker',
  managed_pool: 'Managed pool',
};

/** Drawing of a source kind. The name stands beside it wherever the kind matters. */
export const KindIcon = ({ kind, size = 16 }: { kind: SourceKind; size?: number }) => {
  const Icon = ICONS[kind];
  return <Icon className="text-2" size={size} strokeWidth={2} aria-hidden="true" />;
};
