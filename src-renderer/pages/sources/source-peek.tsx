import { useSource } from '../../api/sources.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { PeekDrawer } from '../../ui/drawer.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { sourceLook } from '../../ui/state-vocabulary.ts';
import { SourceActions } from './source-actions.tsx';
import { SourceNotice } from './source-notice.tsx';
import { DetailsSection, DoctorSection, HeartbeatSection, LeasesSection, PostureSection } from './source-sections.tsx';
import './source-peek.css';

/** One source beside the list: can it be trusted with work, and what can be done about it. */
export const SourcePeek = ({ sourceId, onClose }: { sourceId: string; onClose: () => void }) => {
  const { data, error, refetch } = useSource(sourceId);
  return (
    <PeekDrawer
      title={data?.name ?? 'Source'}
      icon={data === undefined ? undefined : <KindIcon kind={data.kind} />}
      beside={data === undefined ? undefined : <StateBadge isPill look={sourceLook(data)} />}
      foot={data === undefined ? undefined : <SourceActions source={data} />}
      onClose={onClose}
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={8} />
        ) : (
          <ProblemPanel error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <>
          <div className="peek-notice">
            <SourceNotice source={data} />
          </div>
          <HeartbeatSection source={data} />
          <LeasesSection source={data} />
          <DetailsSection source={data} />
          <PostureSection source={data} />
          <DoctorSection source={data} />
        </>
      )}
    </PeekDrawer>
  );
};
