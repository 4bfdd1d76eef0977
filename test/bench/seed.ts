import { systemClock, systemTimers } from '../../src-server/plane/clock.ts';
import { cancelJob } from '../../src-server/plane/commands/cancel-job.ts';
import { cordonSource, drainSource, revokeSource } from '../../src-server/plane/commands/change-source.ts';
import { enrollSource } from '../../src-server/plane/commands/enroll-source.ts';
import { submitJob } from '../../src-server/plane/commands/submit-job.ts';
import { PLANE_ACTOR } from '../../src-server/plane/engine.ts';
import { Host } from '../../src-server/plane/host.ts';
import { systemRandom } from '../../src-server/plane/random.ts';
import type { Workspace } from '../../src-server/plane/workspace.ts';
import { openJobs } from '../../src-server/state/queries/jobs.ts';
import { ACTOR, addSource, claim, complete, spec, start } from './kit.ts';

// Makes a data directory of a large fleet by the plane's own commands, ready for `serve`. The mix is the same each time.
const [dataDir = '', sourcesText = '10000', jobsText = '100000'] = process.argv.slice(2);
const SOURCES = Number(sourcesText);
const JOBS = Number(jobsText);
/** So many calls wait for one write of the disk. */
const TOGETHER = 500;
const HOUR_MS = 3_600_000;

const KINDS = ['laptop', 'ci_runner', 'docker_host', 'kubernetes_worker', 'managed_pool'] as const;
const CLASSES = ['cpu-small', 'cpu-medium', 'cpu-large', 'gpu-small'] as const;
const REGIONS = ['eu-central', 'eu-west', 'us-east', 'ap-south'];
const TITLES = ['Unit tests', 'Build image', 'Nightly regression', 'Fold the index', 'Render preview', 'Lint'];
const PARTS = ['api', 'billing', 'console', 'docs', 'edge', 'search', 'worker-pool'];
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
/** Names of one width, so that their order is that of their numbers. */
const nameOf = (n: number): string => `${pick(['lap', 'ci', 'dock', 'kube', 'pool'], n)}-${String(n).padStart(5, '0')}`;
const sourceOf = (n: number) => ({
  name: nameOf(n),
  kind: pick(KINDS, n),
  compute_class: null,
  capacity: 1 + (n % 8),
  labels: { region: pick(REGIONS, n >> 2), rack: `r${(n >> 4) % 3}`, ...(n % 3 === 0 ? { 'disk.kind': 'nvme' } : {}) },
  ttl_ms: 24 * HOUR_MS,
});
const jobOf = (n: number) =>
  spec({
    wu_id: `WU-${1_000 + (n % 5_000)}`,
    title: `${pick(TITLES, n)} ${pick(PARTS, n >> 1)} #${n}`,
    compute_class: pick(CLASSES, n >> 3),
    labels: n % 4 === 0 ? { region: pick(REGIONS, n >> 4) } : {},
    priority: 40 + (n % 5) * 5,
    max_attempts: 1 + (n % 3),
    max_runtime_ms: HOUR_MS,
    ...(n % 500 === 7 ? { approval: { when: 'before_start', kinds: ['writes to production'] } } : {}),
  });

/** Runs all of them, many at a time, in order. */
async function inTurns(count: number, run: (n: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += TOGETHER)
    await Promise.all(Array.from({ length: Math.min(TOGETHER, count - from) }, (_, n) => run(from + n)));
}

/** Nine of ten have a runner. @returns the sessions of these, in order. */
async function enroll(workspace: Workspace, from: number, to: number): Promise<string[]> {
  const sessions: string[] = [];
  await inTurns(to - from, async (at) => {
    const n = from + at;
    if (n % 10 === 9) return workspace.run((ctx) => enrollSource(ctx, ACTOR, sourceOf(n)));
    sessions[at] = await addSource(workspace, nameOf(n), sourceOf(n));
  });
  return sessions.filter((session) => session !== undefined);
}

/** Claims one job for each of `count` and brings it to its end, but for the last `live` ones. */
async function work(workspace: Workspace, sessions: readonly string[], count: number, live: number): Promise<void> {
  await inTurns(count, async (n) => {
    const sessionId = pick(sessions, n);
    const granted = await claim(workspace, sessionId);
    if (granted === undefined) return;
    await start(workspace, sessionId, granted);
    if (n >= count - live) return;
    const failed = n % 7 === 4 ? { outcome: 'failed' as const, exit_code: 1 } : {};
    await complete(workspace, sessionId, granted, failed);
  });
}

/** The operator's switches, and sources that are away. */
async function scatter(workspace: Workspace, sessions: readonly string[]): Promise<void> {
  await workspace.run((ctx) => {
    for (const [n, sessionId] of sessions.entries()) {
      const { sourceId, activeLeases } = ctx.engine.hot.fleet.placeOf({
        sessionId,
        sourceId: ctx.engine.hot.fleet.sessions.get(sessionId)?.sourceId ?? '',
      });
      if (activeLeases.size > 0) continue;
      if (n % 40 === 3) cordonSource(ctx, ACTOR, sourceId, 'new disks');
      else if (n % 40 === 5) drainSource(ctx, ACTOR, sourceId, 'moves to another rack', null);
      else if (n % 100 === 11) revokeSource(ctx, ACTOR, sourceId, 'sold');
      else if (n % 5 !== 0) {
        const body = { source_id: sourceId, reason: 'No sign of life for 5 minutes.' };
        ctx.engine.emit(PLANE_ACTOR, [{ type: 'source.late', body }], { source: sourceId });
        ctx.engine.emit(PLANE_ACTOR, [{ type: 'source.offline', body }], { source: sourceId });
      }
    }
  });
}

const host = await Host.open({
  dataDir,
  anchorDir: `${dataDir}/anchors`,
  version: '0.0.0-bench',
  hostedBy: 'serve',
  clock: systemClock,
  timers: systemTimers,
  random: systemRandom,
  leaseTtlMs: HOUR_MS,
});
const { workspace } = host.workspaces()[0] as { workspace: Workspace };
// A tenth of the fleet does the work: a decision looks at each source that could take the job.
const WORKING = Math.ceil(SOURCES / 10);
const working = await enroll(workspace, 0, WORKING);
const submit = (from: number, to: number): Promise<void> =>
  workspace.run((ctx) => {
    for (let n = from; n < to; n++) submitJob(ctx, ACTOR, jobOf(n), null);
  });
for (let from = 0; from < JOBS; from += 4 * TOGETHER) await submit(from, Math.min(JOBS, from + 4 * TOGETHER));
await work(workspace, working, Math.floor(JOBS / 4), Math.floor(JOBS / 80));
await scatter(workspace, [...working, ...(await enroll(workspace, WORKING, SOURCES))]);
await workspace.run((ctx) => {
  const queued = openJobs(ctx.engine.state.db).filter(({ state }) => state === 'queued');
  for (const { jobId } of queued.filter((_, n) => n % 40 === 17)) cancelJob(ctx, ACTOR, jobId, 'superseded');
});
const counts = Object.fromEntries(workspace.engine.hot.jobCounts);
await host.close();
process.stdout.write(`${JSON.stringify({ sources: SOURCES, jobs: JOBS, counts })}\n`);
