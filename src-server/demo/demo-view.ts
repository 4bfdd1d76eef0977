import { DEMO_INVARIANTS, type Demo } from '../contract/demo.ts';
import { verifyChain } from '../ledger/chain.ts';
import { decodeEntry } from '../ledger/entry.ts';
import { LogFold } from '../plane/check/log-fold.ts';
import { evidenceItemView } from '../plane/views/evidence-view.ts';
import { jobListItem } from '../plane/views/job-view.ts';
import { liveLeaseView } from '../plane/views/lease-view.ts';
import { sourceView } from '../plane/views/source-view.ts';
import type { AppliedEntry } from '../state/entry-view.ts';
import { jobById } from '../state/queries/jobs.ts';
import type { DemoRun } from './demo-run.ts';

const EVIDENCE_SHOWN = 8;

type OfThePlane = Pick<
  Demo,
  | 'workspace_id'
  | 'chaos'
  | 'invariants'
  | 'chain_holds'
  | 'entries'
  | 'policy'
  | 'fence'
  | 'sources'
  | 'jobs'
  | 'leases'
  | 'evidence'
>;

/** The plane of a run as it stands, with its promises judged from its log alone. A story's log is short. */
export function planeOf(run: DemoRun): OfThePlane {
  const { log, workspace } = run.stage.plane;
  const { engine } = workspace;
  const sources = [...engine.hot.fleet.sources.values()];
  const jobs = [...run.stage.jobs.values()].flatMap((id) => jobById(engine.state.db, id) ?? []);
  const seqs = Array.from({ length: Math.min(EVIDENCE_SHOWN, engine.nextSeq) }, (_, i) => engine.nextSeq - 1 - i);
  return {
    workspace_id: engine.workspaceId,
    chaos: sources
      .filter(({ name }) => run.stage.cast.has(name))
      .map(({ sourceId, name }) => ({ source_id: sourceId, runner: name, kinds: [...run.chaosOn(name)] })),
    invariants: judged(log.read(0)),
    chain_holds: verifyChain(log.read(0)).fault === null,
    entries: engine.nextSeq,
    policy: { version: engine.hot.policy.version, mode: engine.hot.policy.mode },
    fence: engine.state.head.fence,
    sources: sources.map((source) => sourceView(engine, source)),
    jobs: jobs.map((row) => jobListItem(engine, row)),
    leases: [...engine.hot.leases.values()].map((lease) => liveLeaseView(engine, lease)),
    evidence: seqs.map((seq) => evidenceItemView(engine, seq)),
  };
}

function judged(entries: Iterable<{ line: Buffer }>): Demo['invariants'] {
  const fold = new LogFold();
  for (const { line } of entries) fold.apply(decodeEntry(line) as unknown as AppliedEntry);
  return DEMO_INVARIANTS.map((id) => {
    const broken = fold.violations.find(({ invariant }) => invariant === id);
    return {
      id,
      holds: broken === undefined,
      detail: broken === undefined ? null : `#${broken.seq}: ${broken.detail}`,
    };
  });
}
