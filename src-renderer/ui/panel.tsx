import { type ReactNode, useId } from 'react';
import './panel.css';

interface PanelProps {
  title: ReactNode;
  /** Beside the title: a count or a pill. */
  beside?: ReactNode;
  /** At the right end of the head. */
  end?: ReactNode;
  foot?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A framed part of a page with its heading. */
export const Panel = ({ title, beside, end, foot, className = '', children }: PanelProps) => {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {beside}
        {end === undefined ? null : <div className="row push">{end}</div>}
      </div>
      {children}
      {foot === undefined ? null : <div className="panel-foot">{foot}</div>}
    </section>
  );
};

/** A part of a drawer or side column, with a hairline above all but the first. */
export const Section = ({ title, beside, end, children }: Omit<PanelProps, 'foot' | 'className'>) => {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="section-head">
        <h3 id={id}>{title}</h3>
        {beside}
        {end === undefined ? null : <span className="push text-2 text-xs">{end}</span>}
      </div>
      {children}
    </section>
  );
};

/** Facts as pairs of name and value. */
export const Facts = ({ items }: { items: readonly (readonly [string, ReactNode])[] }) => (
  <dl className="facts">
    {items.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);
