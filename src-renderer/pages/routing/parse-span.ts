const UNITS: Readonly<Record<string, number>> = {
  '': 1_000,
  s: 1_000,
  min: 60_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** A span as people write it, `45`, `90 s`, `10 min`, `1.5 h`, in whole milliseconds; null for anything else. */
export const parseSpan = (text: string): number | null => {
  const match = /^(\d{1,7}(?:\.\d{1,3})?)\s*(s|min|m|h|d|)$/i.exec(text.trim());
  const unit = UNITS[match?.[2]?.toLowerCase() ?? '?'];
  return match === null || unit === undefined ? null : Math.round(Number(match[1]) * unit);
};
