import type { ReactNode } from 'react';
import './empty-state.css';

interface EmptyStateProps {
  icon: ReactNode;
  /** The fact. */
  title: string;
  /** The next step. */
  children?: ReactNode;
  /** At most two. */
  actions?: ReactNode;
  /** `h1` where it is the whole page. */
  heading?: 'h1' | 'h3';
}

/** What stands where nothing is yet. */
export const EmptyState = ({ icon, title, children, actions, heading: Heading = 'h3' }: EmptyStateProps) => (
  <div className="empty-state">
    {icon}
    <Heading>{title}</Heading>
    {children === undefined ? null : <p>{children}</p>}
    {actions === undefined ? null : <div className="row">{actions}</div>}
  </div>
);
