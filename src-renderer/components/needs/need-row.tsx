import { ChevronRight } from 'lucide-react';
import { Link } from 'react-router';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import type { StateLook } from '../../ui/state-vocabulary.ts';
import './need-row.css';

interface NeedRowProps {
  look: StateLook;
  title: string;
  detail: string;
  to: string;
  onFollow?: () => void;
}

/** One thing to look at, in two lines, and the way to its screen. */
export const NeedRow = ({ look, title, detail, to, onFollow }: NeedRowProps) => (
  <Link className="need-row" to={to} data-tone={look.tone} onClick={onFollow}>
    <StateGlyph shape={look.shape} className="tone" />
    <span className="two-lines">
      <span className="medium truncate" title={title}>
        {title}
      </span>
      <span className="truncate" title={detail}>
        {detail}
      </span>
    </span>
    <ChevronRight size={16} className="text-3" aria-hidden="true" />
  </Link>
);
