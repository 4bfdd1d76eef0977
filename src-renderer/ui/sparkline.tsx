import { sparkPath } from './spark-path.ts';
import './sparkline.css';

const WIDTH = 72;
const HEIGHT = 24;

/** A small curve of equally spaced samples, oldest first. Decoration: the number stands beside it. */
export const Sparkline = ({ values, isFilled = true }: { values: readonly number[]; isFilled?: boolean }) => {
  const line = sparkPath(values, WIDTH, HEIGHT);
  if (line === null) return <svg className="sparkline" width={WIDTH} height={HEIGHT} aria-hidden="true" />;
  return (
    <svg className="sparkline" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {isFilled ? <path className="sparkline-area" d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} /> : null}
      <path className="sparkline-line" d={line} />
    </svg>
  );
};
