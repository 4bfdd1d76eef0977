import { Link } from 'react-router';
import type { DecisionRecord } from '../../../src-server/contract/decision.ts';
import { useDecisionReplay } from '../../api/replay.ts';
import { problemText } from '../../components/problem-panel.tsx';

/** Leads to the moment of a decision, and makes it again from what was known then. */
export const MadeAgain = ({ record }: { record: DecisionRecord }) => {
  const { mutate, data, error, isPending } = useDecisionReplay();
  return (
    <span className="made-again">
      <Link className="text-link" to={record.replay_path}>
        State then
      </Link>
      <button type="button" className="text-link" disabled={isPending} onClick={() => mutate(record.decision_id)}>
        {isPending ? 'Making it again' : 'Make it again'}
      </button>
      <output className="text-2">
        {error === null ? data?.sentence : problemText(error)}
        {data?.differences.map((difference) => (
          <span key={difference}> {difference}</span>
        ))}
      </output>
    </span>
  );
};
