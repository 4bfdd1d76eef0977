import { ArrowRight } from 'lucide-react';
import { Link } from 'react-router';
import type { DecisionOutcome, SourceKind } from '../../../src-server/contract/terms.ts';
import type { RecentDecision } from '../../../src-server/contract/workspace.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { SourceName } from '../../components/source-name.tsx';
import { WhyText } from '../../components/why-text.tsx';
import { formatClock } from '../../format/instant.ts';
import { routes } from '../../routes.ts';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { JOB_LOOKS, type StateLook } from '../../ui/state-vocabulary.ts';

const OUTCOME_LOOKS: Readonly<Record<DecisionOutcome, StateLook>> = {
  assigned: JOB_LOOKS.claimed,
  waiting: { ...JOB_LOOKS.queued, label: 'Waiting' },
  held: JOB_LOOKS.held,
  refused: JOB_LOOKS.refused,
};

/** What a decision shows: the job's own state while that fits what was decided, else the outcome. */
const lookOf = (decision: RecentDecision): StateLook => {
  const outcome = OUTCOME_LOOKS[decision.outcome];
  if (decision.outcome !== 'assigned' || decision.job_state === null) return outcome;
  return decision.job_state === 'queued' || decision.job_state === 'held' ? outcome : JOB_LOOKS[decision.job_state];
};

const Destination = ({ decision, kind }: { decision: RecentDecision; kind: SourceKind | null }) => {
  if (decision.source_name === null) return <span className="text-3">{OUTCOME_LOOKS[decision.outcome].label}</span>;
  return (
    <>
      <ArrowRight size={14} className="text-2" aria-hidden="true" />
      <SourceName kind={kind} name={decision.source_name} />
    </>
  );
};

/** One decision: when, what became of it, which job, why, where to. */
export const AssignmentRow = ({ decision, kind }: { decision: RecentDecision; kind: SourceKind | null }) => {
  const ws = useWorkspaceId();
  const look = lookOf(decision);
  const content = (
    <>
      <time dateTime={decision.at}>{formatClock(decision.at)}</time>
      <span data-tone={look.tone} title={look.label}>
        <StateGlyph shape={look.shape} className="tone" />
        <span className="visually-hidden">{look.label}</span>
      </span>
      <span className="assignment-text">
        <span className="truncate">
          {decision.wu_id === null ? null : <span className="text-2">{decision.wu_id} </span>}
          <span className="medium">{decision.title ?? 'Jobs with the same needs'}</span>
        </span>
        <WhyText className="truncate text-xs" sentence={decision.sentence} isBesideSource />
      </span>
      <span className="row text-xs">
        <Destination decision={decision} kind={kind} />
      </span>
      <span className="assignment-label hide-narrow">{decision.label}</span>
    </>
  );
  return decision.job_id === null ? (
    <div className="assignment">{content}</div>
  ) : (
    <Link className="assignment" to={routes.job(ws, decision.job_id)}>
      {content}
    </Link>
  );
};
