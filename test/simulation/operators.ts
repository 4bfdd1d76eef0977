import { type JobSpec, jobSubmit } from '../../src-server/contract/job.ts';
import type { PolicyPut } from '../../src-server/contract/policy.ts';
import { BUDGET_WINDOWS, COMPUTE_CLASSES, FALLBACK_MODES, POLICY_MODES } from '../../src-server/contract/terms.ts';
import type { FoldedJob } from '../../src-server/plane/check/folded-rows.ts';
import { cancelJob } from '../../src-server/plane/commands/cancel-job.ts';
import { changeBudgets } from '../../src-server/plane/commands/change-budgets.ts';
import { changeSettings } from '../../src-server/plane/commands/change-settings.ts';
import {
  cordonSource,
  drainSource,
  patchSource,
  resumeSource,
  revokeLease,
  revokeSource,
} from '../../src-server/plane/commands/change-source.ts';
import type { CommandContext } from '../../src-server/plane/commands/context.ts';
import { decideApproval } from '../../src-server/plane/commands/decide-approval.ts';
import { burnCredential, enrollSource, reissueCredential } from '../../src-server/plane/commands/enroll-source.ts';
import { setPaused, stopEverything } from '../../src-server/plane/commands/govern.ts';
import { publishPolicy } from '../../src-server/plane/commands/publish-policy.ts';
import { repeatedSubmit, submitJob } from '../../src-server/plane/commands/submit-job.ts';
import { policyOfVersion } from '../../src-server/state/queries/governance.ts';
import { Approvers, PRIVATE_NETWORK } from './approvers.ts';
import type { Oracle } from './oracle.ts';
import type { SimulatedPlane } from './simulated-plane.ts';
import type { World } from './world.ts';

const ACTOR = { kind: 'operator' as const, id: 'ines' };
/** Jobs that may be open at a time; more would only make each step dearer. */
const OPEN_JOBS_MAX = 30;

const template = (over: Record<string, unknown>): JobSpec =>
  jobSubmit.parse({ wu_id: 'WU-1', title: 'Work', command: { argv: ['true'] }, ...over }) as unknown as JobSpec;
const TEMPLATES: readonly JobSpec[] = [
  template({}),
  template({ labels: { os: 'linux' } }),
  template({ labels: { os: 'linux', region: 'eu' }, wu_id: 'WU-2' }),
  template({ compute_class: 'cpu-medium' }),
  template({ compute_class: 'cpu-large', max_attempts: 1 }),
  template({ compute_class: 'gpu-small', wu_id: 'WU-2' }),
  template({ confinement: 'required' }),
  template({ confinement: 'required', network: 'egress' }),
  template({ confinement: 'none', stall_ms: 5_000, max_attempts: 5 }),
  template({ max_runtime_ms: 8_000, stall_ms: null }),
  template({ final_exit_codes: [42], budget: { extras_mcu: 300 } }),
  template({ on_refusal: 'hold', wu_id: 'WU-2', max_runtime_ms: 60_000 }),
  template({ budget: { extras_mcu: 500 }, max_runtime_ms: 60_000 }),
  template({ approval: { when: 'before_start', reason: 'Writes to production', expires_ms: 20_000 } }),
  template({ approval: { when: 'before_start', expires_ms: 120_000 }, labels: { os: 'linux' }, title: 'Gated' }),
  template({ approval: { when: 'on_request', expires_ms: 30_000 }, max_attempts: 5 }),
  template({ network: PRIVATE_NETWORK, confinement: 'none', max_attempts: 8 }),
  template({ network: PRIVATE_NETWORK, approval: { when: 'before_start', expires_ms: 60_000 }, title: 'Private' }),
];

const SCOPES = ['workspace', 'tier:byoc', 'tier:managed', 'tier:managed/cpu-small', 'wu:WU-1', 'wu:WU-2'];

type Command<T> = (ctx: CommandContext) => T;

/** What people do to a workspace. */
export class Operators {
  /** `tight`: every minute costs, and one limit admits two or three jobs at a time. */
  budgets: 'none' | 'some' | 'tight' = 'some';
  private counter = 0;
  private readonly approvers: Approvers;

  constructor(
    private readonly world: World,
    private readonly plane: SimulatedPlane,
    private readonly oracle: Oracle,
  ) {
    this.approvers = new Approvers(world, plane, () => world.pick(TEMPLATES));
  }

  /** One thing at random. */
  act(): void {
    const { world } = this;
    const dice = world.random.unit() * 100;
    if (this.budgets !== 'none' && world.chance(this.budgets === 'tight' ? 0.04 : 0.03)) this.changeBudgets();
    if (world.chance(0.18)) this.approvers.act();
    else if (dice < 2) this.submitBurst();
    else if (dice < 52) this.submit();
    else if (dice < 58) this.onJob((ctx, job) => cancelJob(ctx, ACTOR, job.jobId, null));
    else if (dice < 66) this.onSource((ctx, id) => this.switchSource(ctx, id));
    else if (dice < 76) this.onSource((ctx, id) => resumeSource(ctx, ACTOR, id, null));
    else if (dice < 77) this.onSource((ctx, id) => revokeSource(ctx, ACTOR, id, null));
    else if (dice < 82) this.run((ctx) => setPaused(ctx, ACTOR, world.chance(0.2), null));
    else if (dice < 86) this.publish();
    else if (dice < 94) this.decide();
    else if (dice < 96) this.onSource((ctx, id) => this.patch(ctx, id));
    else if (dice < 96.2) this.run((ctx) => stopEverything(ctx, ACTOR, null));
    else if (dice < 97)
      this.run((ctx) => changeSettings(ctx, ACTOR, { lease_ttl_ms: world.pick([5_000, 12_000, 60_000]) }));
    else if (dice < 98) this.revokeLease();
    else this.credentials();
  }

  /** One work unit after the other wants the same kind of source, so that they have to share it. */
  submitBurst(): void {
    const spec = this.world.pick(TEMPLATES.slice(0, 2));
    for (const wuId of ['WU-1', 'WU-1', 'WU-1', 'WU-1', 'WU-1', 'WU-2', 'WU-3', 'WU-2'])
      this.submit({ ...spec, wu_id: wuId, priority: 50, max_queue_ms: null });
  }

  submit(over: Partial<JobSpec> = {}): void {
    const { world } = this;
    const open = [...this.plane.fold.world.queued.values()].reduce((n, q) => n + q.size, 0);
    if (open >= OPEN_JOBS_MAX) return;
    const spec: JobSpec = {
      ...world.pick(TEMPLATES),
      priority: world.pick([0, 50, 50, 50, 90]),
      ...(world.chance(0.3) ? { wu_id: world.pick(['WU-1', 'WU-2', 'WU-3']) } : {}),
      max_queue_ms: world.chance(0.1) ? world.between(1_000, 120_000) : null,
      ...over,
    };
    const key = `submit/${this.counter++}`;
    const send = (): void =>
      this.run((ctx) => {
        const idempotency = { key, request: JSON.stringify(spec) };
        const seq = repeatedSubmit(ctx, idempotency) ?? submitJob(ctx, ACTOR, spec, idempotency).seq;
        this.oracle.submitted(key, seq);
      });
    send();
    if (world.chance(0.05)) {
      world.fault('repeated_call');
      send();
    }
  }

  /** Makes a source; `use` gets the credential once it is on disk. */
  enroll(name: string, over: Record<string, unknown>, use: (issued: ReturnType<typeof enrollSource>) => void): void {
    void this.plane
      .call((ctx) =>
        enrollSource(ctx, ACTOR, {
          name,
          kind: 'laptop',
          compute_class: null,
          labels: {},
          capacity: 1,
          ttl_ms: 900_000,
          ...over,
        }),
      )
      .then((result) => {
        if (result !== undefined && 'value' in result) use(result.value);
      });
  }

  publishMode(
    mode: PolicyPut['mode'],
    fallbackMode: PolicyPut['fallback']['mode'],
    afterMs: number,
    over: Partial<PolicyPut> = {},
  ): void {
    const { world } = this;
    this.run((ctx) =>
      publishPolicy(ctx, ACTOR, {
        base_version: ctx.engine.hot.policy.version,
        mode,
        fallback: { mode: fallbackMode, after_ms: afterMs },
        refuse_after_ms: world.chance(0.1) ? 60_000 : null,
        overrides: [],
        fair_share: false,
        four_eyes: world.chance(0.3),
        ...over,
      }),
    );
  }

  /** Sets, lowers, raises and lifts limits, and changes what a minute costs. */
  changeBudgets(): void {
    const { world } = this;
    if (this.budgets === 'tight') {
      const limit = { scope: 'workspace', window: 'total' as const, warn_percent: [80] };
      const use = this.plane.fold.world.use.get('workspace');
      const limitMcu = (use?.spentMcu ?? 0) + world.pick([12_000, 25_000, 40_000]);
      const rates = { byoc: { 'cpu-small': 1_000, 'cpu-medium': 1_000 }, managed: { 'cpu-small': 1_000 } };
      this.run((ctx) => changeBudgets(ctx, ACTOR, { limits: [{ ...limit, limit_mcu: limitMcu }], rates }));
      return;
    }
    const limits = SCOPES.filter(() => world.chance(0.3)).map((scope) => ({
      scope,
      window: world.pick(BUDGET_WINDOWS),
      limit_mcu: world.pick([0, 300, 2_000, 12_000, 30_000, 200_000]),
      warn_percent: world.pick([[], [80], [50, 100]]),
    }));
    const isLifted = world.chance(0.3);
    this.run((ctx) =>
      changeBudgets(ctx, ACTOR, {
        limits: isLifted ? [] : limits,
        default_wu_limit_mcu: !isLifted && world.chance(0.2) ? 15_000 : null,
        ...(world.chance(0.4)
          ? {
              rates: {
                byoc: { 'cpu-small': world.pick([0, 100, 1_000]), 'cpu-medium': world.pick([0, 1_000]) },
                managed: { 'cpu-small': world.pick([500, 1_000, 3_000]), 'gpu-small': 10_000 },
              },
            }
          : {}),
      }),
    );
  }

  /** Answers every open question, resumes every source and lifts the pause. */
  makeWay(): void {
    const { sources } = this.plane.fold.world;
    this.run((ctx) => setPaused(ctx, ACTOR, false, null));
    this.run((ctx) => changeBudgets(ctx, ACTOR, { limits: [], default_wu_limit_mcu: null }));
    for (const [id, source] of sources) if (!source.isRevoked) this.run((ctx) => resumeSource(ctx, ACTOR, id, null));
    this.approvers.makeWay();
  }

  private run<T>(command: Command<T>): void {
    void this.plane.call(command);
  }

  private onJob(command: (ctx: CommandContext, job: FoldedJob) => void): void {
    const open = [...this.plane.fold.world.jobs.values()].slice(-20);
    if (open.length > 0) this.run((ctx) => command(ctx, this.world.pick(open)));
  }

  private onSource(command: (ctx: CommandContext, sourceId: string) => void): void {
    const ids = [...this.plane.fold.world.sources.keys()];
    if (ids.length > 0) this.run((ctx) => command(ctx, this.world.pick(ids)));
  }

  private switchSource(ctx: CommandContext, id: string): void {
    const { world } = this;
    if (world.chance(0.5)) cordonSource(ctx, ACTOR, id, null);
    else drainSource(ctx, ACTOR, id, null, world.chance(0.5) ? world.between(0, 30_000) : null);
  }

  private patch(ctx: CommandContext, id: string): void {
    const { world } = this;
    const changes: Parameters<typeof patchSource>[3][] = [
      { capacity: world.between(1, 3) },
      { labels: world.chance(0.5) ? { os: 'linux' } : { os: 'linux', region: 'eu' } },
      { pinned_class: world.chance(0.5) ? null : world.pick(COMPUTE_CLASSES) },
    ];
    patchSource(ctx, ACTOR, id, world.pick(changes));
  }

  private publish(): void {
    const { world } = this;
    if (world.chance(0.2)) {
      this.run((ctx) => this.rollBack(ctx));
      return;
    }
    const afterMs = world.pick([0, 2_000, 20_000, 60_000]);
    this.publishMode(world.pick(POLICY_MODES), world.pick(FALLBACK_MODES), afterMs, {
      fair_share: world.chance(0.5),
      overrides: Array.from({ length: world.pick([0, 0, 1, 2]) }, () => this.override()),
    });
  }

  /** Another rule for a class, for a label, or for both. */
  private override(): PolicyPut['overrides'][number] {
    const { world } = this;
    return {
      ...(world.chance(0.5) ? { compute_class: world.pick(COMPUTE_CLASSES) } : { labels: { os: 'linux' } }),
      ...(world.chance(0.8) ? { mode: world.pick(POLICY_MODES) } : {}),
      fallback: { mode: world.pick(FALLBACK_MODES), after_ms: world.pick([0, 5_000]) },
    };
  }

  private rollBack(ctx: CommandContext): void {
    const { engine } = ctx;
    const current = engine.hot.policy.version;
    if (current < 2) return;
    const version = this.world.between(1, current - 1);
    const target = policyOfVersion(engine.state.db, version);
    if (target === undefined) return;
    const { version: _, rolls_back_to: __, reason: ___, ...rule } = target.body;
    publishPolicy(ctx, ACTOR, { ...rule, base_version: current, rolls_back_to: version });
  }

  private decide(): void {
    const pending = [...this.plane.fold.world.approvals].filter(([, a]) => a.status === 'pending');
    if (pending.length === 0) {
      this.submit();
      return;
    }
    const [id] = this.world.pick(pending);
    this.run((ctx) => decideApproval(ctx, ACTOR, id, { decision: this.world.chance(0.6) ? 'approved' : 'rejected' }));
  }

  private revokeLease(): void {
    const leases = [...(this.plane.workspace?.engine.hot.leases.keys() ?? [])];
    if (leases.length > 0)
      this.run((ctx) => revokeLease(ctx, ACTOR, this.world.pick(leases), 'An operator revoked it.'));
  }

  private credentials(): void {
    const { world } = this;
    const ids = [...this.plane.fold.world.credentials.keys()];
    if (ids.length === 0) return;
    const id = world.pick(ids);
    if (world.chance(0.5)) this.run((ctx) => burnCredential(ctx, ACTOR, id, null));
    else this.run((ctx) => void reissueCredential(ctx, ACTOR, id, null));
  }
}
