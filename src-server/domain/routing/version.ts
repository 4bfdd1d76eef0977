/**
 * Version of the functions that decide where a job goes and what is said of it. It stands in every decision record, so that
 * a replay can tell a changed function from a changed record. Raise it with every change that can make another answer.
 */
export const ROUTING_VERSION = 2;
