/** Version of this program, sent as `runner_version` when it registers. */
export const RUNNER_VERSION = '0.1.0';
/** Version of the wire contract this program speaks; the plane serves it and the one before. */
export const CONTRACT_VERSION = 1;
