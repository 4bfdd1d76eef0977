import type { Overview } from '../../../src-server/contract/workspace.ts';
import { routes } from '../../routes.ts';
import { JOB_LOOKS, LEASE_LOOKS, SOURCE_LOOKS, type StateLook, SWITCH_LOOKS } from '../../ui/state-vocabulary.ts';

export type Need = Overview['needs_you'][number];

const LOOKS: Readonly<Record<Need['kind'], StateLook>> = {
  approval: JOB_LOOKS.held,
  lease: LEASE_LOOKS.expiring,
  source: SOURCE_LOOKS.quarantined,
  dead_letter: JOB_LOOKS.dead_letter,
  paused: SWITCH_LOOKS.draining,
};

/** Colour and shape of what waits for a person. */
export const needLook = (need: Need): StateLook => LOOKS[need.kind];

/** The screen where one can act on it. */
export const needHref = (ws: string, need: Need): string => {
  if (need.job_id !== null) return routes.job(ws, need.job_id);
  if (need.source_id !== null) return routes.sources(ws, { source: need.source_id });
  if (need.kind === 'dead_letter') return routes.jobs(ws, { state: 'dead_letter' });
  return need.kind === 'approval' ? routes.approvals(ws) : routes.sources(ws);
};
