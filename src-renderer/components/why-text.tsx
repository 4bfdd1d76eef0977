import { emphasize } from './emphasize.ts';
import { shortWhy } from './short-why.ts';

interface WhyTextProps {
  sentence: string;
  className?: string;
  /** It stands beside the name of the source, and need not say it again. */
  isBesideSource?: boolean;
}

/** A why sentence: what it names (sources, classes, labels, numbers of the known kinds) stands out, the rest is quiet. */
export const WhyText = ({ sentence, className = '', isBesideSource = false }: WhyTextProps) => (
  <span className={`text-2 ${className}`} title={sentence}>
    {emphasize(isBesideSource ? shortWhy(sentence) : sentence).map(({ text, isStrong, at }) =>
      isStrong ? (
        <b key={at} className="why-strong">
          {text}
        </b>
      ) : (
        text
      ),
    )}
  </span>
);
