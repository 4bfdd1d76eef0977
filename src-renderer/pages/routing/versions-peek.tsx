import type { Policy } from '../../../src-server/contract/policy.ts';
import { usePolicyDiff, usePolicyVersions } from '../../api/policy.ts';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { CountChip } from '../../ui/chip.tsx';
import { PeekDrawer } from '../../ui/drawer.tsx';
import { Section } from '../../ui/panel.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';

interface VersionsPeekProps {
  live: Policy;
  /** Number of the version whose difference is shown; null for none. */
  chosen: number | null;
  onChoose: (version: number | null) => void;
  onBringBack: (version: Policy) => void;
  onClose: () => void;
}

const Difference = ({ live, version, onBringBack }: { live: Policy; version: Policy; onBringBack: () => void }) => {
  const { data, error, refetch } = usePolicyDiff(live.version, version.version);
  if (error !== null) return <ProblemPanel error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={2} rowHeight={20} />;
  return (
    <div className="version-diff">
      {data.changes.length === 0 ? (
        <p className="text-2">It says the same as v{live.version}.</p>
      ) : (
        <>
          <p className="text-2 text-xs">Against v{live.version}, bringing it back means:</p>
          <ul>
            {data.changes.map((change) => (
              <li key={change.pointer}>{change.sentence}</li>
            ))}
          </ul>
          <Button size="small" onClick={onBringBack}>
            Roll back to v{version.version}
          </Button>
        </>
      )}
    </div>
  );
};

/** Every version that was published: who, when, why, and what it would change now. */
export const VersionsPeek = ({ live, chosen, onChoose, onBringBack, onClose }: VersionsPeekProps) => {
  const clock = useNow();
  const list = usePolicyVersions(true);
  const versions = (list.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <PeekDrawer title="Versions" onClose={onClose}>
      <Section title="Published">
        {list.error !== null ? <ProblemPanel error={list.error} onRetry={() => void list.refetch()} /> : null}
        {list.data === undefined && list.error === null ? <Skeleton rows={5} rowHeight={56} /> : null}
        <ol className="versions">
          {versions.map((version) => {
            const isChosen = version.version === chosen;
            const isLive = version.version === live.version;
            return (
              <li key={version.version} className={isChosen ? 'is-chosen' : undefined}>
                <button
                  type="button"
                  aria-expanded={isLive ? undefined : isChosen}
                  aria-disabled={isLive || undefined}
                  onClick={() => !isLive && onChoose(isChosen ? null : version.version)}
                >
                  <span className="row">
                    <b>v{version.version}</b> <span className="mono">{version.mode}</span>
                    {isLive ? <CountChip count="live" /> : null}
                    <span className="push text-2 text-xs">{formatWhen(version.published_at, clock)}</span>
                  </span>
                  <span className="text-2 text-xs">
                    By {version.published_by}
                    {version.rolls_back_to === null ? '' : `, back to v${version.rolls_back_to}`}
                    {version.reason === null ? '' : `: ${version.reason}`}
                  </span>
                </button>
                {isChosen && !isLive ? (
                  <Difference live={live} version={version} onBringBack={() => onBringBack(version)} />
                ) : null}
              </li>
            );
          })}
        </ol>
        {list.hasNextPage ? (
          <Button
            size="small"
            isBusy={list.isFetchingNextPage}
            busyLabel="Loading"
            onClick={() => void list.fetchNextPage()}
          >
            Show older
          </Button>
        ) : null}
      </Section>
    </PeekDrawer>
  );
};
