import { emphasize } from './emphasize.ts';

/** A why sentence: what it names (sources, classes, labels, numbers of the known kinds) stands out, the rest is quiet. */
export const WhyText = ({ sentence, className = '' }: { sentence: string; className?: string }) => (
  <span className={`text-2 ${className}`} title={sentence}>
    {emphasize(sentence).map(({ text, isStrong, at }) =>
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
