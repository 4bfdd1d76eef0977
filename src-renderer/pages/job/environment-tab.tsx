import type { Job } from '../../../src-server/contract/job.ts';
import { CopyButton } from '../../ui/copy-button.tsx';

/** The specification that the digest names, as the runner gets it. */
export const EnvironmentTab = ({ job }: { job: Job }) => {
  const text = JSON.stringify(job.spec, null, 2);
  return (
    <div className="spec">
      <div className="spec-head">
        <span className="mono text-2 truncate">{job.digest}</span>
        <CopyButton size="small" look="ghost" className="push" text={text}>
          Copy specification
        </CopyButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
      <pre translate="no" tabIndex={0}>
        {text}
      </pre>
    </div>
  );
};
