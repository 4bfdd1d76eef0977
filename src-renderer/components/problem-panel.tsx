import { ApiProblem } from '../api/problem.ts';
import { Banner } from '../ui/banner.tsx';
import { Button } from '../ui/button.tsx';

/** The one sentence for whatever went wrong. */
export const problemText = (error: unknown): string =>
  error instanceof ApiProblem ? error.detail : 'The console met an error of its own. Reload the page.';

/** A resource that could not be had, with the way out. */
export const ProblemPanel = ({ error, onRetry }: { error: unknown; onRetry?: () => void }) => (
  <div className="problem-panel">
    <Banner
      tone="fail"
      shape="cross-square"
      role="alert"
      title={error instanceof ApiProblem ? error.title : 'Something went wrong'}
      end={onRetry === undefined ? undefined : <Button onClick={onRetry}>Try again</Button>}
    >
      {problemText(error)}
    </Banner>
  </div>
);
