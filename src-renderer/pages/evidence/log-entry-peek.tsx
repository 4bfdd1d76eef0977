import { History } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { checkInclusion } from '../../api/check-inclusion.ts';
import { useEvidenceProof } from '../../api/evidence.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatWhen } from '../../format/instant.ts';
import { formatBytes, formatCount, formatHash, formatSeq } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { buttonClass } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PeekDrawer } from '../../ui/drawer.tsx';
import { Facts, Section } from '../../ui/panel.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { CHAIN_LOOKS } from '../../ui/state-vocabulary.ts';
import { headType } from '../job/entry-words.ts';
import { subjectOf, writerOf } from './entry-row-words.ts';
import { NotProven } from './not-proven.tsx';

/** The proof's words: fetched from the plane, computed here. */
const useProofWords = (entry: EvidenceItem, head: number): string => {
  const { data, error } = useEvidenceProof(entry.seq, head);
  const [isIn, setIn] = useState<boolean>();
  useEffect(() => {
    let isCurrent = true;
    setIn(undefined);
    if (data === undefined || crypto.subtle === undefined) return;
    void checkInclusion(entry, data).then((found) => isCurrent && setIn(found));
    return () => {
      isCurrent = false;
    };
  }, [entry, data]);
  if (data === undefined) return error === null ? 'Asking for it' : problemText(error);
  if (isIn === undefined) return `Offered for the tree of ${formatCount(data.size)}, not checked here`;
  return isIn
    ? `In the tree of ${formatCount(data.size)}, computed here`
    : `Does not lead to the root of the tree of ${formatCount(data.size)}`;
};

/** `ines, operator`; the plane is named once. */
const byWords = (writer: string, kind: string): string => (writer === kind ? writer : `${writer}, ${kind}`);

interface LogEntryPeekProps {
  entry: EvidenceItem;
  head: number;
  isWhole: boolean | undefined;
  onClose: () => void;
}

/** One entry of the log: its facts, its proof, and the exact bytes that its hash was taken over. */
export const LogEntryPeek = ({ entry, head, isWhole, onClose }: LogEntryPeekProps) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const proof = useProofWords(entry, head);
  const { job, source } = entry.ref;
  const subject = subjectOf(entry);
  const to =
    typeof job === 'string'
      ? routes.job(ws, job)
      : typeof source === 'string'
        ? routes.sources(ws, { source })
        : undefined;
  return (
    <PeekDrawer
      title={headType(entry.types)}
      beside={
        isWhole === undefined ? undefined : (
          <StateBadge isPill look={isWhole ? CHAIN_LOOKS.verified : CHAIN_LOOKS.broken} />
        )
      }
      onClose={onClose}
      foot={
        <>
          <Link className={buttonClass()} to={routes.replay(ws, entry.seq)}>
            <History aria-hidden="true" />
            Replay from here
          </Link>
          <CopyButton text={entry.line}>Copy entry</CopyButton>
        </>
      }
    >
      <Section title={`Entry ${formatSeq(entry.seq)}`}>
        <Facts
          items={[
            ['Events', entry.types.join(', ')],
            [
              'Subject',
              to === undefined ? (
                subject
              ) : (
                <Link key="subject" className="text-link" to={to}>
                  {subject}
                </Link>
              ),
            ],
            ['Written', formatWhen(entry.at, clock)],
            ['By', byWords(writerOf(entry), entry.actor.kind)],
            ['Previous', <PreviousHash key="previous" line={entry.line} />],
            ['Hash', <code key="hash">{entry.sha256}</code>],
            ['Proof', proof],
          ]}
        />
      </Section>
      <Section title="Exact bytes" end={formatBytes(new Blob([entry.line]).size)}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
        <pre className="log-bytes" translate="no" tabIndex={0}>
          {entry.line}
        </pre>
      </Section>
      <NotProven />
    </PeekDrawer>
  );
};

const PreviousHash = ({ line }: { line: string }) => {
  const found = /"prev":"([0-9a-f]{64})"/.exec(line)?.[1];
  return found === undefined ? <>–</> : <code title={found}>{formatHash(found)}</code>;
};
