const SECOND_MS = 1_000;
const MINUTE_S = 60;
const HOUR_S = 3_600;
const DAY_S = 86_400;
const two = (n: number) => String(n).padStart(2, '0');

/** A length of time: `0:13`, `4:26`, from one hour on `2 h 14 m`, from one day on `3 d 4 h`. Down to whole seconds. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)}:${two(seconds % MINUTE_S)}`;
  if (seconds < DAY_S) return twoUnits(seconds / HOUR_S, 'h', (seconds % HOUR_S) / MINUTE_S, 'm');
  return twoUnits(seconds / DAY_S, 'd', (seconds % DAY_S) / HOUR_S, 'h');
};
/** `2 h 14 m`; a whole first unit stands alone. */
const twoUnits = (first: number, unit: string, rest: number, restUnit: string): string =>
  `${Math.floor(first)} ${unit}${Math.floor(rest) === 0 ? '' : ` ${Math.floor(rest)} ${restUnit}`}`;

/** Time since a sign of life: `2 s` up to 99 s, then `4 min`, `2 h 14 m`, `3 d 4 h`. */
export const formatAge = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} min`;
  return formatDuration(ms);
};

/** The age in its largest unit only, for narrow columns: `2 s`, `4 m`, `2 h`, `3 d`. */
export const formatAgeShort = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  if (seconds < 100) return `${seconds} s`;
  if (seconds < HOUR_S) return `${Math.floor(seconds / MINUTE_S)} m`;
  if (seconds < DAY_S) return `${Math.floor(seconds / HOUR_S)} h`;
  return `${Math.floor(seconds / DAY_S)} d`;
};

/** A configured span in words: `15 s`, `90 s`, `5 min`, `12 min`, `2 h`. */
export const formatSpan = (ms: number): string => {
  const seconds = Math.round(ms / SECOND_MS);
  if (seconds < 120) return `${seconds} s`;
  if (seconds % HOUR_S === 0) return `${seconds / HOUR_S} h`;
  if (seconds % MINUTE_S === 0) return `${seconds / MINUTE_S} min`;
  return formatDuration(ms);
};

/** A virtual clock since its beginning: `00:02:24`. */
export const formatVirtual = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / SECOND_MS));
  return `${two(Math.floor(seconds / HOUR_S))}:${two(Math.floor((seconds % HOUR_S) / MINUTE_S))}:${two(seconds % MINUTE_S)}`;
};
