import { Pencil } from 'lucide-react';
import type { RefObject } from 'react';
import type { Policy } from '../../../src-server/contract/policy.ts';
import { formatWhen } from '../../format/instant.ts';
import { formatPlural } from '../../format/number.ts';
import { keysOf } from '../../keyboard/bindings.ts';
import { useNow } from '../../stores/clock.ts';
import type { PolicyDraftState } from '../../stores/policy-drafts.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';

interface PublishBarProps {
  live: Policy;
  draft: PolicyDraftState;
  changes: readonly string[];
  reasonError: string | undefined;
  problem: string | undefined;
  disabledReason: string | undefined;
  isBusy: boolean;
  reasonField: RefObject<HTMLInputElement | null>;
  onReason: (text: string) => void;
  onTakeOver: () => void;
  onDiscard: () => void;
  onPublish: () => void;
}

/** What is not published yet, why it should be, and the one button that does it. */
export const PublishBar = (props: PublishBarProps) => {
  const { live, draft, changes, reasonError, problem } = props;
  const clock = useNow();
  const isBehind = draft.base.version !== live.version;
  return (
    <section className="publish-bar" aria-label="Unsaved changes">
      {isBehind ? (
        <Banner
          tone="wait"
          shape="triangle"
          role="alert"
          title={`v${live.version} was published by ${live.published_by} at ${formatWhen(live.published_at, clock)}`}
          end={
            <Button size="small" onClick={props.onTakeOver}>
              Take v{live.version} over
            </Button>
          }
        >
          Your draft was begun from v{draft.base.version}. Taken over, it keeps what you changed and leaves the rest as
          v{live.version} says.
        </Banner>
      ) : null}
      {problem === undefined ? null : (
        <Banner tone="fail" shape="cross-square" role="alert" title="Not published">
          {problem}
        </Banner>
      )}
      <div className="publish-row">
        <span className="row publish-count" data-tone="wait">
          <Pencil size={14} className="tone" aria-hidden="true" />
          <span className="medium">{formatPlural(changes.length, 'unsaved change')}</span>
        </span>
        <span className="text-2 text-xs grow publish-words" title={changes.join('\n')}>
          {changes.join(' ')}
        </span>
        <span className="input publish-reason" data-invalid={reasonError === undefined ? undefined : true}>
          <input
            ref={props.reasonField}
            aria-label="Reason"
            aria-invalid={reasonError === undefined ? undefined : true}
            placeholder={reasonError ?? 'Reason, kept in evidence'}
            maxLength={500}
            value={draft.reason}
            onChange={(event) => props.onReason(event.target.value)}
          />
        </span>
        <Button onClick={props.onDiscard}>Discard</Button>
        <Button
          look="primary"
          keys={keysOf('policy.publish')}
          disabledReason={props.disabledReason}
          isBusy={props.isBusy}
          busyLabel="Publishing"
          onClick={props.onPublish}
        >
          Publish v{live.version + 1}
        </Button>
      </div>
      {reasonError === undefined ? null : (
        <span className="visually-hidden" role="alert">
          {reasonError}
        </span>
      )}
    </section>
  );
};
