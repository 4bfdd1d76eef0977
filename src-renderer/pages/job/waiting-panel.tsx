import { Clock, Plug } from 'lucide-react';
import { Link } from 'react-router';
import type { Explain } from '../../../src-server/contract/decision.ts';
import type { Job } from '../../../src-server/contract/job.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { formatDuration } from '../../format/duration.ts';
import { formatClock } from '../../format/instant.ts';
import { routes } from '../../routes.ts';
import { useNow } from '../../stores/clock.ts';
import { buttonClass } from '../../ui/button.tsx';
import { Panel } from '../../ui/panel.tsx';

const requirementWords = (job: Job): string => {
  const labels = Object.entries(job.labels).map(([key, value]) => `${key}=${value}`);
  return `class ${job.compute_class}${labels.length === 0 ? '' : ` with ${labels.join(' and ')}`}`;
};

/** What waiting alone brings, and the one change that always helps where no source fits. */
export const WaitingPanel = ({ job, explain }: { job: Job; explain: Explain }) => {
  const ws = useWorkspaceId();
  const clock = useNow();
  const { earliest } = explain;
  // A source that would fit but is busy or away comes back by itself; else only another source helps.
  const isNoneFit = explain.candidates.every((candidate) =>
    candidate.rules.some(({ rule, pass }) => !pass && (rule === 'class.mismatch' || rule === 'labels.missing')),
  );
  if (earliest === null && !isNoneFit) return null;
  return (
    <Panel title="What would place it">
      <ul className="waiting">
        {isNoneFit ? (
          <li>
            <Plug size={16} className="text-2" aria-hidden="true" />
            <div>
              <p className="medium">Enroll a source of {requirementWords(job)}</p>
              <p className="text-2 text-xs">No enrolled source fits. It runs there at its first claim.</p>
            </div>
            <Link className={buttonClass('default', 'small')} to={routes.addRunner(ws)}>
              Add runner
            </Link>
          </li>
        ) : null}
        {earliest === null ? null : (
          <li>
            <Clock size={16} className="text-2" aria-hidden="true" />
            <div>
              <p className="medium">
                {isNoneFit ? 'Or wait' : 'Wait'} until {formatClock(earliest.at)} at the latest
              </p>
              <p className="text-2 text-xs">
                {earliest.because} In {formatDuration(Date.parse(earliest.at) - clock)}.
              </p>
            </div>
          </li>
        )}
      </ul>
    </Panel>
  );
};
