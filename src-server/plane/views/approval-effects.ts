import type { ApprovalEffects } from '../../contract/approval.ts';
import type { JobSpec } from '../../contract/job.ts';
import { isPrivate } from '../../domain/admissions/standing.ts';
import type { Engine } from '../engine.ts';
import { explainSpec } from './explain-view.ts';

/** What a yes to this job brings, by the same decision function that places jobs: where, what it can reach, at most what cost. */
export function approvalEffects(engine: Engine, spec: JobSpec): ApprovalEffects {
  const now = explainSpec(engine, spec);
  const chosen = now.candidates.find((c) => c.verdict === 'chosen');
  const granted =
    chosen === undefined || !isPrivate(spec.network)
      ? []
      : (engine.hot.admissions.grantFor(chosen.source_id, spec.network)?.hosts ?? []);
  const { argv, shell } = spec.command;
  return {
    secrets: spec.secrets,
    network: spec.network,
    hosts: isPrivate(spec.network) ? granted.map((h) => `${h.host}:${h.port}`) : spec.egress,
    confinement: spec.confinement,
    worst_cost_mcu: now.budget.needed_mcu,
    max_attempts: spec.max_attempts,
    command: { argv, shell },
    runs_on:
      chosen === undefined
        ? null
        : {
            source_id: chosen.source_id,
            name: chosen.name,
            side: chosen.side,
            free: chosen.free,
            capacity: chosen.capacity,
          },
    sentence: now.sentence,
  };
}
