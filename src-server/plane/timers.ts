/** A timer fires on a tick, never before its moment: one millisecond more keeps `>=` and `>` from disagreeing. */
export const SLACK_MS = 1;
/** The plane looks at its timers this often, ms; a poll is woken at once and waits for no tick. */
export const TICK_MS = 100;
/** Buckets are judged and polls offered again this often, ms of monotonic time. */
export const REVIEW_EVERY_MS = 1_000;
/** Timers of one tick take so long at most, ms: when a deep queue falls due at once, calls are answered in between. */
export const TIMERS_TURN_MS = 40;
