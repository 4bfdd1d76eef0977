import type { JobSpec } from '../../src-server/contract/job.ts';
import type { FoldedJob } from '../../src-server/plane/check/folded-rows.ts';
import { decideAdmission, requestAdmission, revokeAdmission } from '../../src-server/plane/commands/admissions.ts';
import type { CommandContext } from '../../src-server/plane/commands/context.ts';
import { decideApproval } from '../../src-server/plane/commands/decide-approval.ts';
import { editJob } from '../../src-server/plane/commands/edit-job.ts';
import type { SimulatedPlane } from './simulated-plane.ts';
import type { World } from './world.ts';

const INES = { kind: 'operator' as const, id: 'ines' };
const TOMAS = { kind: 'operator' as const, id: 'tomas' };
/** Asks for nothing and edits nothing, so that four-eyes never stands in the way. */
const ADA = { kind: 'operator' as const, id: 'ada' };
/** The private network of the simulated world. */
export const PRIVATE_NETWORK = 'private:lab';
const HOSTS = [
  { host: 'registry.lab', port: 443 },
  { host: 'db.lab', port: 5_432 },
];

/** What approvers do: answer questions, edit what waits, admit sources to a private network and take that back. */
export class Approvers {
  constructor(
    private readonly world: World,
    private readonly plane: SimulatedPlane,
    /** Any job that could be submitted. */
    private readonly anySpec: () => JobSpec,
  ) {}

  act(): void {
    const dice = this.world.random.unit();
    if (dice < 0.35) this.answer();
    else if (dice < 0.55) this.edit();
    else if (dice < 0.78) this.request();
    else if (dice < 0.86) this.decide();
    else this.revoke();
  }

  /** Everything that waits for a person gets its yes, and every source its admission. */
  makeWay(): void {
    const { approvals, admissions, sources } = this.plane.fold.world;
    for (const [id, { status }] of approvals)
      if (status === 'pending') this.run((ctx) => decideApproval(ctx, ADA, id, { decision: 'approved' }));
    const admitted = new Set(
      [...admissions.values()]
        .filter((a) => a.status === 'granted' && a.expiresPlaneMs === null)
        .map((a) => a.sourceId),
    );
    for (const [id, source] of sources) {
      if (source.isRevoked || admitted.has(id)) continue;
      this.run((ctx) => {
        const ask = { network: PRIVATE_NETWORK, source_id: id, hosts: HOSTS, expires_ms: null, reason: null };
        decideAdmission(ctx, TOMAS, requestAdmission(ctx, INES, ask), { decision: 'granted' });
      });
    }
  }

  /** Either of the two answers: under four-eyes one of them may not. */
  private answer(): void {
    const { world } = this;
    const all = [...this.plane.fold.world.approvals];
    const pending = all.filter(([, a]) => a.status === 'pending');
    // Now and then somebody answers what is over, or answers twice.
    const [id, approval] = world.pick(pending.length === 0 || world.chance(0.1) ? all.slice(-10) : pending) ?? [];
    if (id === undefined || approval === undefined) return;
    const digest = approval.digest === null || world.chance(0.5) ? {} : { digest: approval.digest };
    const decision = world.chance(0.7) ? 'approved' : 'rejected';
    this.run((ctx) => decideApproval(ctx, world.pick([INES, TOMAS]), id, { decision, ...digest }));
  }

  private edit(): void {
    const { world } = this;
    const waiting = [...this.plane.fold.world.jobs.values()].filter((j) => j.state === 'queued' || j.state === 'held');
    const job: FoldedJob | undefined = world.pick(waiting.slice(-10));
    if (job === undefined) return;
    const base = world.chance(0.05) ? `sha256:${'0'.repeat(64)}` : job.digest;
    const spec = { ...this.anySpec(), priority: world.pick([0, 50, 90]) };
    this.run((ctx) => editJob(ctx, world.pick([INES, TOMAS]), job.jobId, base, spec));
  }

  private request(): void {
    const { world } = this;
    const ids = [...this.plane.fold.world.sources.keys()];
    if (ids.length === 0) return;
    const id = world.pick(ids);
    const expiresMs = world.chance(0.5) ? world.between(2_000, 90_000) : null;
    const isGranted = world.chance(0.6);
    this.run((ctx) => {
      const ask = { network: PRIVATE_NETWORK, source_id: id, hosts: HOSTS, expires_ms: expiresMs, reason: null };
      const made = requestAdmission(ctx, INES, ask);
      if (isGranted) decideAdmission(ctx, TOMAS, made, { decision: 'granted' });
    });
  }

  private decide(): void {
    const { world } = this;
    const pending = [...this.plane.fold.world.admissions].filter(([, a]) => a.status === 'pending');
    const [id] = world.pick(pending) ?? [];
    if (id === undefined) return;
    const decision = world.chance(0.75) ? 'granted' : 'rejected';
    const narrower = world.chance(0.3) ? { hosts: HOSTS.slice(0, 1) } : {};
    this.run((ctx) => decideAdmission(ctx, world.pick([INES, TOMAS]), id, { decision, ...narrower }));
  }

  private revoke(): void {
    const granted = [...this.plane.fold.world.admissions].filter(([, a]) => a.status === 'granted');
    const [id] = this.world.pick(granted) ?? [];
    if (id !== undefined) this.run((ctx) => revokeAdmission(ctx, INES, id, null));
  }

  private run(command: (ctx: CommandContext) => unknown): void {
    void this.plane.call(command);
  }
}
