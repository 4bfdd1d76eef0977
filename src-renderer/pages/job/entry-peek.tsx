import type { EvidenceItem } from '../../../src-server/contract/workspace.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatBytes, formatSeq } from '../../format/number.ts';
import { useNow } from '../../stores/clock.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { PeekDrawer } from '../../ui/drawer.tsx';
import { Facts, Section } from '../../ui/panel.tsx';
import { headType } from './entry-words.ts';

/** One entry of the log with its exact bytes: what its hash was taken over. */
export const EntryPeek = ({ entry, onClose }: { entry: EvidenceItem; onClose: () => void }) => {
  const clock = useNow();
  return (
    <PeekDrawer
      title={headType(entry.types)}
      beside={<span className="mono text-2">{formatSeq(entry.seq)}</span>}
      onClose={onClose}
      foot={
        <>
          <CopyButton text={entry.line}>Copy bytes</CopyButton>
          <CopyButton look="ghost" text={entry.sha256}>
            Copy hash
          </CopyButton>
        </>
      }
    >
      <Section title="Entry">
        <Facts
          items={[
            ['Events', entry.types.join(', ')],
            ['Written', formatWhen(entry.at, clock)],
            ['By', `${entry.actor.id}, ${entry.actor.kind}`],
            ['SHA-256', <code key="hash">{entry.sha256}</code>],
          ]}
        />
      </Section>
      <Section title="Exact bytes" end={formatBytes(new Blob([entry.line]).size)}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
        <pre className="entry-bytes" translate="no" tabIndex={0}>
          {entry.line}
        </pre>
      </Section>
    </PeekDrawer>
  );
};
