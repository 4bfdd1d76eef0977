import { Clock } from 'lucide-react';
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
import { UnblockRow } from './unblock-row.tsx';

/** Single changes that would place the job, each checked by running the decision again with it; last, what waiting brings. */
export const WaitingPanel = ({ job, explain }: { job: Job; explain: Explain }) => {
  const clock = useNow();
  const ws = useWorkspaceId();
  const { earliest, unblock } = explain;
  if (earliest === null && unblock.length === 0) return null;
  return (
    <Panel
      title="What would place it now"
      beside={
        unblock.length === 0 ? undefined : (
          <span className="text-2 text-xs">
            {job.state === 'refused'
              ? 'Single changes, each checked by running this decision again; it is submitted again with it'
              : 'Single changes, each checked by running this decision again with it'}
          </span>
        )
      }
    >
      <ul className="waiting">
        {unblock.map((item) => (
          <UnblockRow key={`${item.change} ${item.target}`} job={job} item={item} />
        ))}
        {earliest === null ? null : (
          <li>
            <Clock size={16} className="text-2" aria-hidden="true" />
            <div>
              <p className="text-2">
                {unblock.length > 0 ? 'Or wait' : 'Wait'} until {formatClock(earliest.at)} at the latest
              </p>
              <p className="text-2 text-xs">
                {earliest.because} In {formatDuration(Date.parse(earliest.at) - clock)}.
              </p>
            </div>
            {earliest.job === null ? null : (
              <Link className={buttonClass('default', 'small')} to={routes.job(ws, earliest.job.job_id)}>
                Open {earliest.job.wu_id}
              </Link>
            )}
          </li>
        )}
      </ul>
    </Panel>
  );
};
