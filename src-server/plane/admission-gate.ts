import type { NetworkGrant } from '../contract/admission.ts';
import type { JobSpec } from '../contract/job.ts';
import { isAdmittedSomewhere, isPrivate, notAdmittedSentence } from '../domain/admissions/standing.ts';
import { candidateGroups } from '../domain/routing/record.ts';
import type { JobRow } from '../state/queries/jobs.ts';
import { type Answer, decided } from './decided.ts';
import { type Engine, PLANE_ACTOR } from './engine.ts';
import type { HotBucket } from './hot/queue.ts';

/** May some source, busy or not, take the jobs of this bucket as far as its network goes? */
export function isBucketAdmitted(engine: Engine, bucket: HotBucket): boolean {
  const { hot } = engine;
  if (!isPrivate(bucket.requirement.network)) return true;
  return isAdmittedSomewhere(hot.fleet.groupsFor(bucket.requirement, bucket.verdicts), bucket.rule);
}

/**
 * A job of a private network that no source which fits is admitted to is held: no time brings it nearer.
 * @returns true when it was held.
 */
export function holdUnadmitted(engine: Engine, job: JobRow): boolean {
  const { hot } = engine;
  const bucket = hot.queue.bucket(job.bucket);
  if (isBucketAdmitted(engine, bucket)) return false;
  const answer = unadmittedAnswer(engine, bucket);
  const { sentence } = answer;
  engine.emit(
    PLANE_ACTOR,
    [
      decided(engine, { job_id: job.jobId, supersedes: bucket.answer?.decisionId ?? null }, answer),
      {
        type: 'job.state',
        body: { job_id: job.jobId, state: 'held', hold: 'admission', reason: 'network.not_admitted', sentence },
      },
    ],
    {},
    job,
  );
  return true;
}

/** What is said of a job whose network no source that fits is admitted to. */
export function unadmittedAnswer(engine: Engine, bucket: HotBucket): Answer {
  const groups = engine.hot.fleet.groupsFor(bucket.requirement, bucket.verdicts);
  const judged = { policy: bucket.rule, isPaused: engine.state.head.config.paused, groups };
  return {
    outcome: 'held',
    source_id: null,
    sentence: notAdmittedSentence(bucket.requirement, groups),
    policy_version: bucket.rule.version,
    compute_class: null,
    candidates: candidateGroups({ ...judged, isSecondSideOpen: false, chosenId: null, askingIds: [] }),
    budget: null,
    crossing: null,
  };
}

/** The hosts and ports that a job may reach from a source: its own list, or what the admission grants. Nothing else is ever handed out. */
export function networkGrantsOf(engine: Engine, sourceId: string, spec: JobSpec): NetworkGrant[] {
  if (isPrivate(spec.network)) return engine.hot.admissions.grantFor(sourceId, spec.network)?.hosts ?? [];
  return spec.network === 'egress' ? spec.egress.map(grantOf) : [];
}

function grantOf(hostAndPort: string): NetworkGrant {
  const at = hostAndPort.lastIndexOf(':');
  return { host: hostAndPort.slice(0, at), port: Number(hostAndPort.slice(at + 1)) };
}
