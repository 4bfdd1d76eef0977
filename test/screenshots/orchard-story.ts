import { seededRandom } from '../../src-server/plane/random.ts';
import { Orchard } from './orchard.ts';
import { fleet, govern, must } from './orchard-fleet.ts';
import type { Plan } from './orchard-runner.ts';

const MINUTE_MS = 60_000;
/** As long as the steps below take together. */
const PAST_MS = 59 * MINUTE_MS;
const WORK = [
  'Index help centre',
  'Bundle size report',
  'Summarise incident 88',
  'Compile iOS snapshot tests',
  'Verify translations, fr-FR',
  'Lint monorepo',
  'Render release notes, 4.18',
  'Check licences',
  'Contract tests, payments',
  'Nightly search index',
  'Triage flaky checkout tests',
  'Regenerate invoice fixtures',
] as const;
const LOG = [
  'Fresh work directory, 6 inputs fetched by digest',
  'Rewriting reconcile/window.ts, 3 call sites',
  'Running 214 tests in reconcile/',
  '38 passed, 0 failed',
  '96 passed, 0 failed',
  '171 passed, 0 failed',
  '212 passed, 2 running',
  '214 passed',
  'Writing report/summary.json',
];

/** A workspace with an hour behind it: every state of a job, a source and a lease, and every kind of answer. */
export async function orchardStory(rendererDir: string): Promise<Orchard> {
  const orchard = await Orchard.plant(PAST_MS, rendererDir);
  const { plane } = orchard;
  const random = seededRandom(7);
  const chance = (n: number) => random.bytes(1).readUInt8(0) % n;
  must(await plane.call('settingsPatch', { body: { name: 'orchard' } }));
  const ines = await plane.operator('ines', 'admin');
  const tomas = await plane.operator('tomas', 'approver');
  await govern(orchard, ines);
  await fleet(orchard);

  let wu = 2301;
  const busy = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 30_000) {
      const title = WORK[chance(WORK.length)] as string;
      const plan: Plan = { runMs: (40 + chance(200)) * 1_000, lines: LOG };
      const isMedium = chance(3) === 0;
      const isBurst = chance(4) === 0;
      const spec = isBurst
        ? { labels: { burst: 'yes' } }
        : isMedium
          ? { compute_class: 'cpu-medium', labels: { os: 'linux' } }
          : {};
      if (chance(5) > 0)
        await orchard.submit(`WU-${wu++}`, title, plan, { ...spec, max_runtime_ms: 8 * MINUTE_MS }, ines);
      await orchard.pass(30_000);
    }
  };
  await busy(40 * MINUTE_MS);
  await orchard.runners.get('lab-nuc')?.fallSilent();
  await busy(12 * MINUTE_MS);
  await trouble(orchard, ines, tomas);
  await present(orchard, ines);
  return orchard;
}

/** Ends of every kind. */
async function trouble(orchard: Orchard, ines: string, tomas: string): Promise<void> {
  const { plane } = orchard;
  const quick: Plan = { runMs: 20_000, lines: LOG };
  await orchard.submit(
    'WU-2461',
    'Import partner feed',
    { runMs: 10_000, exitCode: 1, lines: ['Feed is not there'] },
    { max_attempts: 2, labels: { region: 'us' } },
    ines,
  );
  await orchard.submit(
    'WU-2469',
    'Compile iOS snapshot tests',
    { runMs: 10_000, exitCode: 65 },
    { final_exit_codes: [65] },
    ines,
  );
  const gone = await orchard.submit('WU-2470', 'Rebuild thumbnails, batch 3', { runMs: 500_000 }, {}, ines);
  await orchard.pass(20_000);
  must(
    await plane.call('jobCancel', {
      params: { job_id: gone.job_id },
      body: { reason: 'Superseded by batch 4' },
      bearer: ines,
    }),
  );
  await orchard.submit(
    'WU-2477',
    'Render site previews',
    quick,
    { compute_class: 'cpu-medium', max_runtime_ms: 60 * MINUTE_MS },
    ines,
  );
  await orchard.submit(
    'WU-2465',
    'Full-corpus re-embed',
    quick,
    { compute_class: 'gpu-small', max_runtime_ms: 90 * MINUTE_MS },
    ines,
  );
  const asks = await orchard.submit(
    'WU-2462',
    'Rotate webhook signing keys',
    quick,
    {
      approval: { when: 'before_start', kinds: ['writes to production'], reason: 'Touches live webhooks' },
      secrets: ['WEBHOOK_ADMIN'],
    },
    ines,
  );
  const no = await orchard.submit(
    'WU-2468',
    'Mirror internal registry',
    quick,
    { approval: { when: 'before_start', kinds: ['copies images out'] } },
    ines,
  );
  const waiting = must(await plane.call('approvals', { query: { status: 'pending' } })).items;
  const of = (jobId: string) => waiting.find((a: { job_id: string }) => a.job_id === jobId);
  const decide = async (job: { job_id: string }, decision: string, reason: string | undefined) => {
    const question = of(job.job_id);
    must(
      await plane.call('approvalDecide', {
        params: { approval_id: question.approval_id },
        bearer: tomas,
        body: { decision, digest: question.digest, ...(reason === undefined ? {} : { reason }) },
      }),
    );
  };
  await decide(asks, 'approved', undefined);
  await decide(no, 'rejected', 'Not before the freeze ends.');
  const gha = orchard.runners.get('gha-runner-05');
  await orchard.submit(
    'WU-2476',
    'Warm build cache',
    { runMs: 16 * MINUTE_MS, lines: LOG },
    { labels: { zone: 'us-2' }, max_runtime_ms: 20 * MINUTE_MS },
    ines,
  );
  await orchard.pass(60_000);
  must(
    await plane.call('sourceDrain', {
      params: { source_id: gha?.sourceId ?? '' },
      body: { reason: 'Image update at 11:00' },
      bearer: ines,
    }),
  );
}

/** What goes on now: a retry after a lost lease, waits, questions. */
async function present(orchard: Orchard, ines: string): Promise<void> {
  const { plane } = orchard;
  const long = (minutes: number): Plan => ({ runMs: minutes * MINUTE_MS, lines: [...LOG, ...LOG] });
  const k8sB = orchard.runners.get('k8s-batch-b');
  const rack = orchard.runners.get('dock-rack2');
  // The fence story: only k8s-batch-b asks when WU-2481 comes, then it goes silent.
  await orchard.submit(
    'WU-2481',
    'Refactor reconciliation worker',
    long(9),
    {
      compute_class: 'cpu-medium',
      labels: { os: 'linux', region: 'eu', ns: 'batch' },
      confinement: 'required',
      max_runtime_ms: 9 * MINUTE_MS,
    },
    ines,
  );
  await orchard.pass(45_000);
  const holder = [...orchard.runners.values()].find((r) =>
    [...r.live.values()].some((l) => l.assignment.job.wu_id === 'WU-2481'),
  );
  const lease = [...(holder?.live.values() ?? [])].find((l) => l.assignment.job.wu_id === 'WU-2481')?.lease;
  await holder?.fallSilent();
  await orchard.pass(100_000);
  holder?.wake();
  if (holder !== undefined && lease !== undefined)
    await holder.onLease('logPut', lease.lease_id, { fence: lease.fence, stream: 'stdout', offset: 0, data: 'late\n' });
  await orchard.submit(
    'WU-2479',
    'Train ranker, fold 2',
    long(12),
    { compute_class: 'gpu-small', labels: { os: 'linux' }, max_runtime_ms: 12 * MINUTE_MS },
    ines,
  );
  for (const [wu, title, minutes, spec] of [
    ['WU-2483', 'Schema snapshot, users', 7, { compute_class: 'cpu-medium', labels: { os: 'linux' } }],
    ['WU-2484', 'Triage flaky checkout tests', 8, { labels: { burst: 'yes' } }],
    ['WU-2486', 'Summarise incident 91', 8, { labels: { burst: 'yes' } }],
    ['WU-2485', 'Bundle size report', 6, { labels: { region: 'us' } }],
    ['WU-2487', 'Contract tests, payments', 9, { compute_class: 'cpu-medium', labels: { region: 'eu' } }],
    ['WU-2489', 'Release notes, 4.18', 7, {}],
    ['WU-2490', 'Summarise design review notes', 8, { labels: { owner: 'ines' } }],
    ['WU-2491', 'Schema snapshot, orders', 6, { compute_class: 'cpu-medium', labels: { os: 'linux' } }],
  ] as const) {
    await orchard.submit(wu, title, long(minutes), { max_runtime_ms: 10 * MINUTE_MS, ...spec }, ines);
    await orchard.pass(10_000);
  }
  await orchard.submit(
    'WU-2493',
    'Train ranker, fold 3',
    long(8),
    { compute_class: 'gpu-small', labels: { os: 'linux', region: 'eu' }, max_runtime_ms: 8 * MINUTE_MS },
    ines,
  );
  await orchard.submit(
    'WU-2498',
    'Train ranker, fold 4',
    long(8),
    { compute_class: 'gpu-small', labels: { os: 'linux', region: 'eu' }, max_runtime_ms: 6 * MINUTE_MS },
    ines,
  );
  await orchard.submit('WU-2495', 'Compile for arm', long(2), { labels: { arch: 'arm64', region: 'eu' } }, ines);
  await orchard.submit(
    'WU-2478',
    'Rotate webhook signing keys',
    long(2),
    {
      approval: { when: 'before_start', kinds: ['writes to production'], reason: 'Touches live webhooks' },
      secrets: ['WEBHOOK_ADMIN'],
    },
    ines,
  );
  await orchard.submit(
    'WU-2480',
    'Apply schema migration, orders',
    long(2),
    {
      approval: { when: 'before_start', kinds: ['writes to production', 'takes a lock'] },
      compute_class: 'cpu-medium',
      network: 'egress',
      egress: ['db.example:5432'],
    },
    ines,
  );
  await orchard.submit('WU-2497', 'Mirror internal registry', long(2), { network: 'private:registry' }, ines);
  await orchard.submit(
    'WU-2499',
    'Re-embed handbook',
    long(2),
    { compute_class: 'cpu-medium', max_runtime_ms: 220 * MINUTE_MS, on_refusal: 'hold' },
    ines,
  );
  must(
    await plane.call('admissionRequest', {
      bearer: ines,
      body: {
        network: 'private:registry',
        source_id: rack?.sourceId,
        hosts: [{ host: 'registry.lan', port: 443 }],
        reason: 'Mirror before the move',
      },
    }),
  );
  await orchard.pass(40_000);
  // It stops answering with a job in hand.
  await orchard.submit(
    'WU-2473',
    'Backfill usage, 10 Oct',
    long(9),
    { labels: { ns: 'batch' }, max_runtime_ms: 30 * MINUTE_MS },
    ines,
  );
  await orchard.pass(30_000);
  await k8sB?.fallSilent();
  await orchard.pass(45_000);
  await orchard.submit('WU-2492', 'Verify translations, de-DE', long(3), { labels: { burst: 'yes' } }, ines);
}
