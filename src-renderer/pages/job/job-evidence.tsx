import { History } from 'lucide-react';
import { Link } from 'react-router';
import type { Job } from '../../../src-server/contract/job.ts';
import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { useVerifiedEntries } from '../../api/verify-entries.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatHash, formatSeq } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { buttonClass } from '../../ui/button.tsx';
import { CountChip } from '../../ui/chip.tsx';
import { Section } from '../../ui/panel.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { CHAIN_LOOKS } from '../../ui/state-vocabulary.ts';
import { type EntryNames, entrySubject, headType } from './entry-words.ts';

interface JobEvidenceProps {
  job: Job;
  entries: readonly EvidenceItem[];
  openSeq: number | null;
  onOpen: (seq: number) => void;
}

const EntryRow = ({
  entry,
  names,
  isWhole,
  isOpen,
  onOpen,
}: {
  entry: EvidenceItem;
  names: EntryNames;
  isWhole: boolean | undefined;
  isOpen: boolean;
  onOpen: () => void;
}) => {
  const head = headType(entry.types);
  const others = entry.types.length - 1;
  const look = isWhole === false ? CHAIN_LOOKS.broken : CHAIN_LOOKS.verified;
  const subject = entrySubject(entry, names);
  return (
    <li>
      <button
        type="button"
        className="entry-row"
        aria-expanded={isOpen}
        title={entry.types.join(', ')}
        onClick={onOpen}
      >
        <span data-tone={isWhole === undefined ? 'idle' : look.tone}>
          <StateGlyph shape={isWhole === undefined ? 'ring' : look.shape} size={14} className="tone" />
          <span className="visually-hidden">{isWhole === undefined ? 'Not checked' : look.label}</span>
        </span>
        <span className="entry-what">
          <span className="medium">
            {head}
            {others > 0 ? <CountChip count={`+${others}`} /> : null}
          </span>
          <span className="truncate text-2">{subject}</span>
        </span>
        <span className="mono entry-mark">
          {formatSeq(entry.seq)}
          <br />
          {formatHash(entry.sha256)}
        </span>
      </button>
    </li>
  );
};

/** Entries of the log that name the job, newest first; each opens with its exact bytes. */
export const JobEvidence = ({ job, entries, openSeq, onOpen }: JobEvidenceProps) => {
  const ws = useWorkspaceId();
  const verified = useVerifiedEntries(entries);
  const whole = entries.filter((entry) => verified.get(entry.seq) === true).length;
  const isBroken = [...verified.values()].includes(false);
  const find = (leaseId: string) => job.attempts.find((attempt) => attempt.lease_id === leaseId);
  const names: EntryNames = {
    fenceOf: (leaseId) => find(leaseId)?.fence ?? null,
    sourceOf: (leaseId) => find(leaseId)?.source_name ?? null,
  };
  const [oldest] = entries;
  const look = isBroken ? CHAIN_LOOKS.broken : CHAIN_LOOKS.verified;
  return (
    <Section
      title="Evidence"
      end={
        verified.size === 0 ? undefined : (
          <span className="row" data-tone={look.tone} title="This console hashed the bytes of each entry again">
            <StateGlyph shape={look.shape} size={14} className="tone" />
            {whole} of {entries.length} verified
          </span>
        )
      }
    >
      <ol className="entries">
        {[...entries].reverse().map((entry) => (
          <EntryRow
            key={entry.seq}
            entry={entry}
            names={names}
            isWhole={verified.get(entry.seq)}
            isOpen={entry.seq === openSeq}
            onOpen={() => onOpen(entry.seq)}
          />
        ))}
      </ol>
      {oldest === undefined ? null : (
        <Link className={`${buttonClass('default', 'small')} replay-from`} to={routes.replay(ws, oldest.seq)}>
          <History aria-hidden="true" />
          Replay from {formatSeq(oldest.seq)}
        </Link>
      )}
    </Section>
  );
};
