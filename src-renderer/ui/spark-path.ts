const POINTS_MAX = 30;
const INSET = 2;

/** Newest value of each of at most 30 equal stretches, so that long series stay readable. */
const thin = (values: readonly number[]): number[] => {
  if (values.length <= POINTS_MAX) return [...values];
  return Array.from({ length: POINTS_MAX }, (_, i) => {
    const from = Math.floor((i * values.length) / POINTS_MAX);
    const to = Math.floor(((i + 1) * values.length) / POINTS_MAX);
    return Math.max(...values.slice(from, to));
  });
};

/** An SVG path over the full width, zero at the foot; null where there is too little to draw. */
export const sparkPath = (values: readonly number[], width: number, height: number): string | null => {
  const points = thin(values);
  if (points.length < 2) return null;
  const top = Math.max(1, ...points);
  const step = width / (points.length - 1);
  return points
    .map((value, i) => {
      const y = height - INSET - (value / top) * (height - 2 * INSET);
      return `${i === 0 ? 'M' : 'L'}${(i * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
};
