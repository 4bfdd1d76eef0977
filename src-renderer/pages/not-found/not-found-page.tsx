import { Compass } from 'lucide-react';
import { Link } from 'react-router';
import { routes } from '../../routes.ts';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import '../sign-in/plain-page.css';

/** An address that leads nowhere. */
export const NotFoundPage = () => (
  <main className="plain-page">
    <EmptyState
      icon={<Compass aria-hidden="true" />}
      title="There is no screen at this address"
      heading="h1"
      actions={
        <Link className={buttonClass('primary')} to={routes.home()}>
          Go to the overview
        </Link>
      }
    >
      The link may be from another version of the console, or mistyped.
    </EmptyState>
  </main>
);
