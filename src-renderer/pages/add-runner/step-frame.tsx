import { type ReactNode, useEffect, useRef } from 'react';

interface StepFrameProps {
  title: string;
  lead: ReactNode;
  /** Beside the title. */
  end?: ReactNode;
  foot: ReactNode;
  children: ReactNode;
}

/** One step: what it is about, its content, and the way on at the foot. The title takes the focus as the step opens. */
export const StepFrame = ({ title, lead, end, foot, children }: StepFrameProps) => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div className="step">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
      <div className="step-body" tabIndex={0}>
        <div className="row">
          <h2 ref={heading} tabIndex={-1}>
            {title}
          </h2>
          {end === undefined ? null : <div className="push">{end}</div>}
        </div>
        <p className="step-lead">{lead}</p>
        {children}
      </div>
      <div className="step-foot">{foot}</div>
    </div>
  );
};
