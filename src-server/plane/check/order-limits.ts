/** Beyond this many waiting jobs of one requirement their order is not judged at each grant: it would be quadratic. */
export const ORDER_JUDGED_MAX = 512;
/** The end of a backoff is noticed by a tick: a retry takes its place again within this time. */
export const BACKOFF_SLACK_MS = 2_000;
