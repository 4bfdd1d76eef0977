import './meter.css';

interface MeterProps {
  /** The three parts in words, for example "318 settled, 54 held, 228 left". */
  label: string;
  settled: number;
  held: number;
  limit: number;
  /** The whole is only the sum of both parts, so it never turns amber. */
  isWithoutLimit?: boolean;
}
const WARN_SHARE = 0.9;

/** Settled solid, held hatched, left empty; amber over 90 %. */
export const Meter = ({ label, settled, held, limit, isWithoutLimit = false }: MeterProps) => {
  const share = (part: number) => `${limit === 0 ? 0 : Math.min(100, (part / limit) * 100)}%`;
  const isHigh = !isWithoutLimit && limit > 0 && (settled + held) / limit > WARN_SHARE;
  return (
    <span className="meter" role="img" aria-label={label} data-tone={isHigh ? 'wait' : undefined}>
      <i className="meter-settled" style={{ width: share(settled) }} />
      <i className="meter-held hatched" style={{ width: share(held) }} />
    </span>
  );
};
