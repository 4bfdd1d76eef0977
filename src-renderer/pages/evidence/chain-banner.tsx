import type { ReactNode } from 'react';
import { useEvidenceProof } from '../../api/evidence.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatAge } from '../../format/duration.ts';
import { formatCount, formatHash, formatPlural, formatSeq } from '../../format/number.ts';
import { useRealNow } from '../../stores/clock.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CHAIN_LOOKS } from '../../ui/state-vocabulary.ts';
import type { ChainCheck } from './use-chain-check.ts';

const CAUSES = {
  hash: 'Its bytes are not those of its hash',
  link: 'It holds another hash of the entry before it',
  gap: 'The entry that should stand here is missing',
} as const;

/** Cosignatures stand below the plane's own signature in the note. */
const cosignersOf = (note: string): number =>
  Math.max(0, note.split('\n').filter((line) => line.startsWith('— ')).length - 1);

interface ChainBannerProps {
  check: ChainCheck;
  head: number;
  /** What the plane found when it read the log itself. */
  isVerifiedByPlane: boolean;
  /** Why the last signed head is not kept outside of the data directory. */
  anchorProblem: string | null;
  onShow: (seq: number) => void;
  onRun: () => void;
}

const Checkpoint = ({ head }: { head: number }) => {
  const { data } = useEvidenceProof(0, head);
  if (data === undefined) return <>No checkpoint is signed yet.</>;
  const cosigners = cosignersOf(data.checkpoint);
  return (
    <>
      Checkpoint of {formatCount(data.size)}
      {cosigners === 0
        ? ', not cosigned yet'
        : `, with ${formatPlural(cosigners, 'cosignature')} (checked by evidence verify)`}
      , root <span className="mono">{formatHash(data.root)}</span>
    </>
  );
};

const Age = ({ at, tookMs }: { at: number; tookMs: number }): ReactNode =>
  `${formatAge(useRealNow() - at)} ago, took ${(tookMs / 1_000).toFixed(1)} s`;

/** What this browser found in the log, and what the plane says of it. */
export const ChainBanner = ({ check, head, isVerifiedByPlane, anchorProblem, onShow, onRun }: ChainBannerProps) => {
  if (check.state === 'broken' || !isVerifiedByPlane) {
    const fault = check.state === 'broken' ? check.fault : null;
    return (
      <Banner
        role="alert"
        tone="fail"
        shape={CHAIN_LOOKS.broken.shape}
        title={fault === null ? 'Chain broken.' : `Chain broken at ${formatSeq(fault.seq)}.`}
        end={
          fault === null ? undefined : (
            <Button size="small" onClick={() => onShow(fault.seq)}>
              Show {formatSeq(fault.seq)}
            </Button>
          )
        }
      >
        {fault === null
          ? 'The control plane could not verify its log. Run doctor on its data directory.'
          : `${CAUSES[fault.cause]}. ${fault.seq === 0 ? 'No entry before it.' : `Entries up to ${formatSeq(fault.seq - 1)} still verify.`}`}
      </Banner>
    );
  }
  if (anchorProblem !== null)
    return (
      <Banner role="alert" tone="wait" shape="hourglass" title="Rollback would not be seen.">
        The last signed head cannot be kept outside of the data directory: {anchorProblem}. Make that folder writable,
        or choose another with <code>serve --anchor-dir</code>.
      </Banner>
    );
  if (check.state === 'whole') {
    return (
      <Banner
        tone="ok"
        shape={CHAIN_LOOKS.verified.shape}
        title="Chain verified."
        isInline
        end={
          <span className="text-2 text-xs">
            <Age at={check.at} tookMs={check.tookMs} />
          </span>
        }
      >
        {formatPlural(check.entries, 'entry', 'entries')}, no gaps, hashed again in this browser.{' '}
        <Checkpoint head={head} />
      </Banner>
    );
  }
  if (check.state === 'checking') {
    return (
      <Banner tone="idle" shape="turning-ring" title="Checking the chain." isInline>
        {formatCount(check.checked)} of {formatPlural(check.total, 'entry', 'entries')} hashed again in this browser.
      </Banner>
    );
  }
  const isUnable = check.state === 'unable';
  return (
    <Banner
      tone="idle"
      shape="ring"
      isInline
      title={isUnable ? 'Not verified in this browser.' : 'Verified by the control plane, not yet in this browser.'}
      end={
        <Button size="small" onClick={onRun}>
          Verify here
        </Button>
      }
    >
      {isUnable && check.error !== null ? `${problemText(check.error)} ` : null}
      {isUnable && check.error === null ? 'A browser hashes only over https or on this machine. ' : null}
      <Checkpoint head={head} />
    </Banner>
  );
};
