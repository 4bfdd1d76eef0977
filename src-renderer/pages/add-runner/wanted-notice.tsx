import { Link } from 'react-router';
import { useJob } from '../../api/jobs.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { routes } from '../../routes.ts';
import { Banner } from '../../ui/banner.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { NEED_WORDS, type WantedRunner } from './wanted-runner.ts';

/** Says for which job the form was filled in, with what, and what no field can hold. */
export const WantedNotice = ({ wanted }: { wanted: WantedRunner }) => {
  const ws = useWorkspaceId();
  const { data: job } = useJob(wanted.jobId);
  const filled = [wanted.computeClass, ...Object.entries(wanted.labels).map(([key, value]) => `${key}=${value}`)];
  return (
    <Banner
      tone="idle"
      shape="dashed-circle"
      title={job === undefined ? 'For a job that waits' : `For ${job.wu_id}, ${job.title}`}
      end={
        <Link className={buttonClass('default', 'small')} to={routes.job(ws, wanted.jobId)}>
          Open job
        </Link>
      }
    >
      Filled in: {filled.join(', ')}
      {wanted.slots > 1 ? `, ${wanted.slots} slots` : ''}. Change what you like.
      {wanted.needs === null ? null : ` ${NEED_WORDS[wanted.needs]}`}
    </Banner>
  );
};
