import './countdown-ring.css';

interface CountdownRingProps {
  leftMs: number;
  totalMs: number;
  size?: number;
}
const RADIUS = 14;
const LENGTH = 2 * Math.PI * RADIUS;
/** A countdown turns amber under this share. */
export const EXPIRING_SHARE = 0.2;

/** What is left, clockwise from 12; amber under a fifth, empty when lapsed. The time stands beside it in text. */
export const CountdownRing = ({ leftMs, totalMs, size = 32 }: CountdownRingProps) => {
  const share = totalMs === 0 ? 0 : Math.min(1, Math.max(0, leftMs / totalMs));
  return (
    <svg
      className="countdown-ring"
      data-tone={share < EXPIRING_SHARE ? 'wait' : 'run'}
      width={size}
      height={size}
      viewBox="0 0 32 32"
      aria-hidden="true"
    >
      <circle className="countdown-track" cx="16" cy="16" r={RADIUS} />
      <circle
        className="countdown-left"
        cx="16"
        cy="16"
        r={RADIUS}
        strokeDasharray={LENGTH}
        strokeDashoffset={LENGTH * (1 - share)}
      />
    </svg>
  );
};
