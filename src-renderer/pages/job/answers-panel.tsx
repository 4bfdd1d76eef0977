import type { DecisionRecord } from '../../../src-server/contract/decision.ts';
import { WhyText } from '../../components/why-text.tsx';
import { formatWhen } from '../../format/instant.ts';
import { useNow } from '../../stores/clock.ts';
import { Panel } from '../../ui/panel.tsx';
import { MadeAgain } from './made-again.tsx';

const SHOWN_MAX = 50;

/** The series of answers, newest first. */
export const AnswersPanel = ({ decisions }: { decisions: readonly DecisionRecord[] }) => {
  const clock = useNow();
  if (decisions.length === 0) return null;
  const labels = new Map(decisions.map((record) => [record.decision_id, record.label]));
  return (
    <Panel
      title="Answers so far"
      beside={<span className="text-2 text-xs">Written when the outcome or a failing rule changes</span>}
    >
      <ol className="answers">
        {decisions.slice(0, SHOWN_MAX).map((record, i) => {
          const before = record.supersedes === null ? undefined : labels.get(record.supersedes);
          return (
            <li key={record.decision_id}>
              <time className="text-3" dateTime={record.at}>
                {formatWhen(record.at, clock)}
              </time>
              <span className="text-3">{record.label}</span>
              <span>
                {i === 0 ? <WhyText sentence={record.sentence} /> : <span className="text-2">{record.sentence}</span>}
                {before === undefined ? null : <span className="text-3"> Supersedes {before}.</span>}
                <MadeAgain record={record} />
              </span>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
};
