const SEQUENCE_SPACE = 2 ** 40;
const PRIORITY_MAX = 100;

/** One safe integer that orders by priority (higher first), then by age: (100 − priority) · 2⁴⁰ + sequence. */
export const rankOf = (priority: number, seq: number): number => (PRIORITY_MAX - priority) * SEQUENCE_SPACE + seq;

/** The sequence of the job behind a rank. */
export const seqOfRank = (rank: number): number => rank % SEQUENCE_SPACE;

/** The priority behind a rank. */
export const priorityOf = (rank: number): number => PRIORITY_MAX - Math.floor(rank / SEQUENCE_SPACE);
