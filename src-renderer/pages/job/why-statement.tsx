import { Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { highlightTerms } from './highlight-terms.ts';

interface WhyStatementProps {
  sentence: string;
  terms: readonly string[];
  /** The decision line: its number, when, by which policy, among how many. */
  meta: readonly ReactNode[];
}

/** Why the job is where it is, as the first thing on its page. */
export const WhyStatement = ({ sentence, terms, meta }: WhyStatementProps) => (
  <div className="why">
    <Route size={20} className="text-2" aria-hidden="true" />
    <div>
      <p className="why-sentence">
        {highlightTerms(sentence, terms).map(({ text, isStrong, at }) => (isStrong ? <b key={at}>{text}</b> : text))}
      </p>
      <p className="why-meta">
        {meta.map((part, i) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts have fixed places
          part === null ? null : <span key={i}>{part}</span>,
        )}
      </p>
    </div>
    <CopyButton size="small" text={sentence}>
      Copy why
    </CopyButton>
  </div>
);
