const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const two = (n: number) => String(n).padStart(2, '0');
type Instant = string | number;

/** `10:42:36`, 24 hours, in the reader's time zone. */
export const formatClock = (at: Instant): string => {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** `10:42`. */
export const formatClockShort = (at: Instant): string => formatClock(at).slice(0, 5);

/** `2 Sep`. */
export const formatDay = (at: Instant): string => {
  const date = new Date(at);
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
};

/** `Tue 14 Oct, 10:42:36`, the status bar's clock. */
export const formatDayClock = (at: Instant): string =>
  `${DAYS[new Date(at).getDay()]} ${formatDay(at)}, ${formatClock(at)}`;

/** `10:42:36` on the day of `reference`, else `2 Sep, 10:42`. */
export const formatWhen = (at: Instant, reference: Instant): string =>
  new Date(at).toDateString() === new Date(reference).toDateString()
    ? formatClock(at)
    : `${formatDay(at)}, ${formatClockShort(at)}`;
