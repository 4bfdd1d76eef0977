import type { ReactNode } from 'react';
import { WhyText } from '../../components/why-text.tsx';

interface ItemFrameProps {
  title: string;
  sentence: string;
  facts: readonly (readonly [string, ReactNode])[];
  /** The answers; none where it was decided. */
  bar?: ReactNode;
  children: ReactNode;
}

/** One question with its facts, on one page. */
export const ItemFrame = ({ title, sentence, facts, bar, children }: ItemFrameProps) => (
  <div className="approval">
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
    <section className="approval-body" aria-label={title} tabIndex={0}>
      <h2>{title}</h2>
      <p className="approval-why">
        <WhyText sentence={sentence} />
      </p>
      <dl className="approval-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </section>
    {bar}
  </div>
);

/** Lines of code with a sign before each: numbers, or what goes and comes. */
export const CodeLines = ({ lines }: { lines: readonly { sign: string; text: string }[] }) => (
  <div className="code-lines">
    {lines.map(({ sign, text }, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text never move
      <div key={at} data-sign={sign}>
        <span className="code-sign" aria-hidden={/\d/.test(sign) || undefined}>
          {sign}
        </span>
        {text}
      </div>
    ))}
  </div>
);
