import type { SourceKind } from '../../src-server/contract/terms.ts';
import { KIND_LABELS, KindIcon } from '../ui/kind-icon.tsx';

/** A source by kind and name. */
export const SourceName = ({ kind, name, size = 14 }: { kind: SourceKind | null; name: string; size?: number }) => (
  <span className="row" title={kind === null ? name : `${name}, ${KIND_LABELS[kind]}`}>
    {kind === null ? null : <KindIcon kind={kind} size={size} />}
    <span className="truncate medium">{name}</span>
  </span>
);
