import { createHash } from 'node:crypto';
import type { EventBodies } from '../../contract/events.ts';
import { programOf } from '../../contract/job-program.ts';
import { PROVENANCE_PREDICATE_TYPE, SETTLEMENT_PREDICATE_TYPE, STATEMENT_TYPE } from '../../contract/receipt.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { replayPath } from '../views/replay-path.ts';
import type { EndedLease, EntryReader, JobStory } from './job-story.ts';

/** How a job of this plane is run: the build type of its provenance. */
const BUILD_TYPE = 'urn:connected-compute:job:v1';

/** The statement's bytes: canonical JSON, so that they are fixed by the log. */
export const statementBytes = (statement: object): Buffer => Buffer.from(canonicalJson(statement));

/**
 * What the plane says of a lease that ended: decision, approvals, cost, budget and the digest of the run receipt. All of
 * it comes from entries up to the settlement, so it never changes.
 */
export function settlementStatement(reader: EntryReader, story: JobStory, ended: EndedLease): object {
  const { asRun, granted, decision, end } = ended;
  const entrySha256 = createHash('sha256').update(reader.line(ended.endSeq)).digest('hex');
  const runReceipt = end.run_receipt_sha256;
  return {
    _type: STATEMENT_TYPE,
    subject: [
      { name: `job/${story.jobId}`, digest: { sha256: hexOf(asRun.digest) } },
      { name: `entry/${ended.endSeq}`, digest: { sha256: entrySha256 } },
      ...(runReceipt === null ? [] : [{ name: `${granted.lease_id}.run.dsse.json`, digest: { sha256: runReceipt } }]),
    ],
    predicateType: SETTLEMENT_PREDICATE_TYPE,
    predicate: {
      workspace_id: reader.workspaceId,
      job_id: story.jobId,
      wu_id: asRun.spec.wu_id,
      job_digest: asRun.digest,
      lease_id: granted.lease_id,
      attempt: granted.attempt,
      fence: granted.fence,
      session_id: granted.session_id,
      source_id: granted.source_id,
      assignment_run_id: granted.assignment_run_id,
      compute_class: granted.compute_class,
      side: granted.side,
      granted_at: ended.grantedAt,
      settled_at: ended.endedAt,
      log_index: ended.endSeq,
      entry_sha256: entrySha256,
      lease_state: ended.state,
      outcome: end.outcome,
      reason: end.reason,
      exit_code: end.exit_code,
      job_outcome: ended.job?.outcome ?? null,
      decision:
        decision === null
          ? null
          : {
              decision_id: decision.decision_id,
              log_index: ended.grantedSeq,
              sentence: decision.sentence,
              policy_version: decision.policy_version,
            },
      approvals: ended.approvals,
      cost: {
        runtime_ms: end.runtime_ms,
        cost_mcu: end.cost_mcu,
        overrun_mcu: end.overrun_mcu,
        held_mcu: granted.hold_mcu,
        debited_mcu: end.cost_mcu - end.overrun_mcu,
      },
      budget: ended.settled.map(budgetOf),
      artifacts: end.artifacts,
      artifact_list_sha256: end.artifact_list_sha256 ?? null,
      output: end.output,
      run_receipt_sha256: runReceipt,
      ...(end.run_receipt_problem === undefined ? {} : { run_receipt_problem: end.run_receipt_problem }),
      replay_path: replayPath(reader.workspaceId, ended.endSeq),
    },
  };
}

/** One scope: what was settled, and how it stood before and after; entries of the oldest logs do not say the latter. */
function budgetOf({ lease_id: _lease, before, limits = [], ...settled }: EventBodies['budget.settled']): object {
  if (before === undefined) return settled;
  const { held_mcu: heldMcu, debited_mcu: debitedMcu } = settled;
  const stood = (spentMcu: number) => ({
    before: { held_mcu: before.held_mcu, spent_mcu: spentMcu },
    after: { held_mcu: before.held_mcu - heldMcu, spent_mcu: spentMcu + debitedMcu },
  });
  return {
    ...settled,
    ...stood(before.spent_mcu),
    limits: limits.map(({ window, limit_mcu: limitMcu, spent_mcu: spentMcu }) => {
      const left = ({ held_mcu, spent_mcu }: { held_mcu: number; spent_mcu: number }) => ({
        held_mcu,
        spent_mcu,
        left_mcu: limitMcu - held_mcu - spent_mcu,
      });
      const { before: then, after } = stood(spentMcu);
      return { window, limit_mcu: limitMcu, before: left(then), after: left(after) };
    }),
  };
}

/** SLSA provenance v1 of the artifacts of an attempt; null where it left none. No level is claimed. */
export function provenanceStatement(reader: EntryReader, story: JobStory, ended: EndedLease): object | null {
  const { asRun, granted, end } = ended;
  if (end.artifacts.length === 0) return null;
  const { spec, digest } = asRun;
  const ws = reader.workspaceId;
  return {
    _type: STATEMENT_TYPE,
    subject: end.artifacts.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
    predicateType: PROVENANCE_PREDICATE_TYPE,
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          job_id: story.jobId,
          wu_id: spec.wu_id,
          job_digest: digest,
          command: programOf(spec),
        },
        internalParameters: { compute_class: granted.compute_class, side: granted.side, attempt: granted.attempt },
        resolvedDependencies: [
          ...spec.inputs.map(({ path, sha256 }) => ({ name: path, digest: { sha256 } })),
          ...checkoutOf(spec.checkout),
        ],
      },
      runDetails: {
        builder: { id: `urn:connected-compute:source:${ws}:${granted.source_id}` },
        metadata: {
          invocationId: `${granted.lease_id}.${granted.fence}`,
          startedOn: ended.grantedAt,
          finishedOn: ended.endedAt,
        },
        byproducts:
          end.run_receipt_sha256 === null
            ? []
            : [{ name: `${granted.lease_id}.run.dsse.json`, digest: { sha256: end.run_receipt_sha256 } }],
      },
    },
  };
}

const hexOf = (digest: string): string => digest.replace(/^sha256:/, '');

function checkoutOf(checkout: unknown): object[] {
  const { repo, commit } = (checkout ?? {}) as { repo?: unknown; commit?: unknown };
  return typeof repo === 'string' && typeof commit === 'string'
    ? [{ uri: `git+${repo}`, digest: { gitCommit: commit } }]
    : [];
}
