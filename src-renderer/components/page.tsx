import { type ReactNode, useEffect } from 'react';
import './page.css';

interface PageProps {
  title: string;
  /** Instead of the title as heading: a crumb and what it leads to. The title still names the window. */
  head?: ReactNode;
  /** After the title: counts. */
  sub?: ReactNode;
  actions?: ReactNode;
  /** Below the head, above the content: filters. */
  toolbar?: ReactNode;
  /** Beside the content, full height: a peek. */
  aside?: ReactNode;
  /** Content to the edges, for tables. */
  isFlush?: boolean;
  children: ReactNode;
}

/** The frame of every screen: head of 52 px, toolbar, content, peek. */
export const Page = ({ title, head, sub, actions, toolbar, aside, isFlush, children }: PageProps) => {
  useEffect(() => {
    document.title = `${title} · Connected Compute`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        {head ?? <h1>{title}</h1>}
        {sub === undefined ? null : <span className="page-sub truncate">{sub}</span>}
        {actions === undefined ? null : <div className="page-actions">{actions}</div>}
      </header>
      <div className="page-body">
        <div className="page-main">
          {toolbar === undefined ? null : <div className="page-toolbar">{toolbar}</div>}
          <div className={isFlush ? 'page-content is-flush' : 'page-content'}>{children}</div>
        </div>
        {aside}
      </div>
    </>
  );
};
