import { TriangleAlert } from 'lucide-react';
import { useRouteError } from 'react-router';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';

/** A screen that failed by a fault of ours: what it was, and the way on. Nothing of the control plane is touched by it. */
export const FailedPage = () => {
  const error = useRouteError();
  return (
    <main className="failed-page">
      <EmptyState
        heading="h1"
        icon={<TriangleAlert size={24} aria-hidden="true" />}
        title="This screen failed."
        actions={
          <Button look="primary" onClick={() => globalThis.location.reload()}>
            Load it again
          </Button>
        }
      >
        Jobs and leases go on. If it fails again, report this: {error instanceof Error ? error.message : String(error)}
      </EmptyState>
    </main>
  );
};
