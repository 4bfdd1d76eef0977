import type { ApprovalEffects } from '../../contract/approval.ts';
import type { JobSpec } from '../../contract/job.ts';
import { imageOf, programOf } from '../../contract/job-program.ts';
import { isPrivate } from '../../domain/admissions/standing.ts';
import type { Engine } from '../engine.ts';
import { explainSpec } from './explain-view.ts';

/** What would run: program and arguments, and the image where there is one. */
export function commandOf(spec: JobSpec): NonNullable<ApprovalEffects['command']> {
  const { argv, shell } = programOf(spec);
  const image = imageOf(spec);
  return { argv, shell, ...(image === null ? {} : { image }) };
}

/** What a yes to this job brings, by the same decision function that places jobs: where, what it can reach, at most what cost. */
export function approvalEffects(engine: Engine, spec: JobSpec): ApprovalEffects {
  const now = explainSpec(engine, spec);
  const chosen = now.candidates.find((c) => c.verdict === 'chosen');
  const granted =
    chosen === undefined || !isPrivate(spec.network)
      ? []
      : (engine.hot.admissions.grantFor(chosen.source_id, spec.network)?.hosts ?? []);
  return {
    secrets: spec.secrets,
    network: spec.network,
    hosts: isPrivate(spec.network) ? granted.map((h) => `${h.host}:${h.port}`) : spec.egress,
    confinement: spec.confinement,
    worst_cost_mcu: now.budget.needed_mcu,
    max_attempts: spec.max_attempts,
    command: commandOf(spec),
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
