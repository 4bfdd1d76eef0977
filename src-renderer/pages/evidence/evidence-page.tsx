import { Download, Link2, ShieldCheck } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { useLogWindow } from '../../api/evidence.ts';
import { useOverview } from '../../api/overview.ts';
import { useVerifiedEntries } from '../../api/verify-entries.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { useIsNarrow } from '../../components/narrow.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { formatPlural, formatSeq } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Table } from '../../ui/table.tsx';
import { ChainBanner } from './chain-banner.tsx';
import { evidenceColumns } from './evidence-columns.tsx';
import { ExportDrawer } from './export-drawer.tsx';
import { readSeq } from './export-request.ts';
import { LogEntryPeek } from './log-entry-peek.tsx';
import { NotProven } from './not-proven.tsx';
import { Scrubber } from './scrubber.tsx';
import { StateAt } from './state-at.tsx';
import { useChainCheck } from './use-chain-check.ts';
import './evidence-page.css';

const idOf = (entry: EvidenceItem) => String(entry.seq);
/** Parts of the log that the bars count. */
const SCRUBBER_PARTS = 5;

const ReplayBanner = ({ at, entry, onNow }: { at: number; entry: EvidenceItem | undefined; onNow: () => void }) => {
  const clock = useNow();
  return (
    <Banner
      role="status"
      tone="wait"
      shape="hourglass"
      title={`The workspace at ${formatSeq(at)}${entry === undefined ? '' : `, ${formatWhen(entry.at, clock)}`}. Read-only.`}
      end={
        <Button size="small" onClick={onNow}>
          Back to now
        </Button>
      }
    >
      What came later is left out.
    </Banner>
  );
};

/** Trust the history: what was recorded, whether it is whole, and how it stood at any entry. */
export const EvidencePage = () => {
  const ws = useWorkspaceId();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const [search, setSearch] = useSearchParams();
  const isNarrow = useIsNarrow();
  const [parts, setParts] = useState(1);
  const { data: overview, error: overviewError, refetch: refetchOverview } = useOverview();
  const head = overview?.chain.seq ?? null;
  const wanted = pathname.endsWith('/replay') ? readSeq(search.get('at') ?? '') : null;
  const at = wanted === null || head === null ? null : Math.min(wanted, head);
  const openSeq = readSeq(search.get('entry') ?? '');
  const list = useLogWindow(at ?? head, parts);
  const recent = useLogWindow(head, SCRUBBER_PARTS);
  // A link to an older entry reads on until it is there.
  const oldest = list.items.at(-1)?.seq;
  const target = openSeq !== null && openSeq <= (at ?? head ?? -1) ? openSeq : null;
  const isTargetMissing = target !== null && oldest !== undefined && oldest > target;
  useEffect(() => {
    if (isTargetMissing) setParts((before) => before + 1);
  }, [isTargetMissing]);
  const verified = useVerifiedEntries(list.items);
  const { check, run } = useChainCheck(head);
  const isExporting = search.get('open') === 'export';
  const setParam = useCallback(
    (key: string, value: string | null) =>
      setSearch(
        (before) => {
          const next = new URLSearchParams(before);
          if (value === null) next.delete(key);
          else next.set(key, value);
          return next;
        },
        { replace: true },
      ),
    [setSearch],
  );
  const close = useCallback(() => setParam('entry', null), [setParam]);
  const toNow = () => void navigate(routes.evidence(ws));
  const moveTo = (seq: number) => void navigate(routes.replay(ws, Math.max(0, seq)), { replace: at !== null });
  useCommand('evidence.export', () => setParam('open', 'export'));
  const isBack = at !== null;
  const latest = useRef(toNow);
  latest.current = toNow;
  useEffect(() => {
    if (!isBack) return;
    // While back in time this key means now, also inside the list; in a field it keeps its own meaning.
    const onEnd = (event: KeyboardEvent) => {
      const isField = event.target instanceof Element && event.target.closest('input, textarea') !== null;
      if (event.key !== 'End' || isField) return;
      event.preventDefault();
      event.stopPropagation();
      latest.current();
    };
    window.addEventListener('keydown', onEnd, true);
    return () => window.removeEventListener('keydown', onEnd, true);
  }, [isBack]);
  const open = target === null ? undefined : list.items.find((entry) => entry.seq === target);
  const isShared = open !== undefined || at !== null;
  const room = isNarrow && open !== undefined ? 'least' : isNarrow || isShared ? 'tight' : 'wide';
  const columns = useMemo(() => evidenceColumns(room, verified), [room, verified]);
  const onNearEnd = useCallback(() => {
    if (!list.isWhole && oldest !== undefined && oldest > 0) setParts((before) => before + 1);
  }, [list.isWhole, oldest]);

  const error = overviewError ?? list.error;
  let placeholder: ReactNode = <Skeleton rows={12} rowHeight={32} />;
  if (error !== null) {
    const retry = () => {
      void refetchOverview();
      list.refetch();
    };
    placeholder = <ProblemPanel error={error} onRetry={retry} />;
  } else if (list.isWhole) {
    placeholder = (
      <EmptyState icon={<Link2 aria-hidden="true" />} title="No entries yet">
        The first decision starts the chain.
      </EmptyState>
    );
  }
  return (
    <Page
      title="Evidence"
      isFlush
      sub={head === null ? undefined : formatPlural(head + 1, 'entry', 'entries')}
      actions={
        <>
          <Button
            icon={<ShieldCheck />}
            isBusy={check.state === 'checking'}
            busyLabel="Verifying"
            disabledReason={head === null ? 'The log is not here yet.' : undefined}
            onClick={run}
          >
            Verify again
          </Button>
          <Button
            look="primary"
            icon={<Download />}
            keys={keysOf('evidence.export')}
            onClick={() => setParam('open', 'export')}
          >
            Export bundle
          </Button>
        </>
      }
      aside={
        open === undefined || head === null ? (
          at === null || isNarrow ? undefined : (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
            <aside className="state-aside" aria-label="State then" tabIndex={0}>
              <StateAt at={at} now={overview} />
              <NotProven />
            </aside>
          )
        ) : (
          <LogEntryPeek key={open.seq} entry={open} head={head} isWhole={verified.get(open.seq)} onClose={close} />
        )
      }
    >
      <div className="evidence-banners">
        {at === null ? null : (
          <ReplayBanner at={at} entry={list.items.find((entry) => entry.seq === at)} onNow={toNow} />
        )}
        {head === null || overview === undefined ? null : (
          <ChainBanner
            check={check}
            head={head}
            isVerifiedByPlane={overview.chain.verified}
            anchorProblem={overview.chain.anchor_problem}
            onShow={(seq) => setParam('entry', String(seq))}
            onRun={run}
          />
        )}
      </div>
      <Table
        label="Entries"
        columns={columns}
        rows={list.items}
        idOf={idOf}
        rowHeight={32}
        total={(at ?? head ?? -1) + 1}
        listKey={String(at)}
        selectedId={target === null ? null : String(target)}
        onOpen={(entry) => setParam('entry', entry.seq === target ? null : String(entry.seq))}
        onNearEnd={onNearEnd}
        placeholder={placeholder}
      />
      {head === null ? null : <Scrubber entries={recent.items} at={at} head={head} onMove={moveTo} onNow={toNow} />}
      {head === null ? null : (
        <ExportDrawer isOpen={isExporting} head={head} from={target} onClose={() => setParam('open', null)} />
      )}
    </Page>
  );
};
