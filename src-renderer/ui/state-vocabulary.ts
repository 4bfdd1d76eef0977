import type {
  ApprovalState,
  CredentialState,
  HoldReason,
  JobState,
  LeaseState,
  SessionState,
  SourceState,
} from '../../src-server/contract/terms.ts';
import type { StateShape } from './state-glyph.tsx';
import type { Tone } from './tone.ts';

/** What the screen says for a state of the code: the word, the shape and the tone. */
export interface StateLook {
  label: string;
  shape: StateShape;
  tone: Tone;
}
const look = (label: string, shape: StateShape, tone: Tone): StateLook => ({ label, shape, tone });

export const JOB_LOOKS: Readonly<Record<JobState, StateLook>> = {
  queued: look('Queued', 'dashed-circle', 'idle'),
  held: look('Held', 'held-diamond', 'wait'),
  claimed: look('Claimed', 'half-circle', 'run'),
  running: look('Running', 'turning-ring', 'run'),
  succeeded: look('Succeeded', 'tick-circle', 'ok'),
  failed: look('Failed', 'cross-square', 'fail'),
  refused: look('Refused', 'bar-octagon', 'refuse'),
  dead_letter: look('Dead letter', 'tray', 'fail'),
  canceled: look('Canceled', 'slash-circle', 'idle'),
};
const HOLD_LABELS: Readonly<Record<HoldReason, string>> = {
  approval: 'Awaiting approval',
  fallback_ask: 'Awaiting fallback',
  admission: 'Awaiting admission',
  budget: 'Waiting for budget',
};

/** A job's look: a held one names what releases it, a stopping one says so until its process is gone. */
export const jobLook = (job: { state: JobState; hold?: HoldReason | null; stopping?: boolean }): StateLook => {
  const base = JOB_LOOKS[job.state];
  if (job.stopping && (job.state === 'running' || job.state === 'claimed')) return { ...base, label: 'Stopping' };
  if (job.state === 'held' && job.hold) return { ...base, label: HOLD_LABELS[job.hold] };
  return base;
};

export const SOURCE_LOOKS: Readonly<Record<SourceState, StateLook>> = {
  pending: look('Pending', 'dashed-circle', 'idle'),
  online: look('Online', 'dot-ring', 'ok'),
  late: look('Late', 'triangle', 'wait'),
  offline: look('Offline', 'dash-circle', 'idle'),
  quarantined: look('Quarantined', 'cross-shield', 'refuse'),
};
export const SWITCH_LOOKS = {
  cordoned: look('Cordoned', 'arrow-to-line', 'idle'),
  draining: look('Draining', 'arrow-to-line', 'idle'),
  revoked: look('Revoked', 'slash-circle', 'idle'),
} as const satisfies Record<string, StateLook>;

/** A source's look: a switch set by an operator stands before a healthy state, trouble before a cordon. */
export const sourceLook = (source: {
  state: SourceState;
  cordoned: boolean;
  draining: boolean;
  revoked: boolean;
}): StateLook => {
  if (source.revoked) return SWITCH_LOOKS.revoked;
  if (source.state !== 'online') return SOURCE_LOOKS[source.state];
  if (source.draining) return SWITCH_LOOKS.draining;
  if (source.cordoned) return SWITCH_LOOKS.cordoned;
  return SOURCE_LOOKS.online;
};

export const LEASE_LOOKS: Readonly<Record<LeaseState | 'expiring', StateLook>> = {
  active: look('Active', 'ring', 'run'),
  expiring: look('Expiring', 'hourglass', 'wait'),
  released: look('Released', 'tick', 'idle'),
  expired: look('Expired', 'hourglass', 'wait'),
  revoked: look('Revoked', 'slash-circle', 'idle'),
};
/** Work that was lost with its lease; the mark of the lanes. */
export const LOST_LOOK = look('Lease lost', 'cross', 'fail');

export const SESSION_LOOKS: Readonly<Record<SessionState, StateLook>> = {
  active: look('Active', 'dot-ring', 'ok'),
  draining: SWITCH_LOOKS.draining,
  lost: look('Lost', 'dash-circle', 'idle'),
  ended: look('Ended', 'slash-circle', 'idle'),
};
export const CREDENTIAL_LOOKS: Readonly<Record<CredentialState, StateLook>> = {
  issued: look('Not used yet', 'key', 'idle'),
  redeemed: look('Used up', 'key', 'ok'),
  expired: look('Expired', 'key', 'wait'),
  burned: look('Burned', 'key', 'fail'),
};
export const APPROVAL_LOOKS: Readonly<Record<ApprovalState, StateLook>> = {
  pending: look('Waiting', 'held-diamond', 'wait'),
  approved: look('Approved', 'held-diamond', 'ok'),
  rejected: look('Rejected', 'held-diamond', 'refuse'),
  expired: look('Expired', 'held-diamond', 'idle'),
};
export const CHAIN_LOOKS = {
  verified: look('Verified', 'tick-shield', 'ok'),
  broken: look('Broken chain', 'split-link', 'fail'),
} as const satisfies Record<string, StateLook>;
export const CHECK_LOOKS = {
  pass: look('Passed', 'tick', 'ok'),
  fail: look('Failed', 'cross', 'fail'),
} as const satisfies Record<string, StateLook>;
