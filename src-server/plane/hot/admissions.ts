import type { NetworkGrant } from '../../contract/admission.ts';
import type { EventBodies } from '../../contract/events.ts';

export interface HotAdmission {
  admissionId: string;
  network: string;
  sourceId: string;
  hosts: NetworkGrant[];
  status: string;
  /** Plane time at which it ends; null: when it is revoked. */
  expiresPlaneMs: number | null;
}
const NONE: readonly string[] = [];

/** Which source may reach which private network now. Few, and looked at only where a job needs one. */
export class Admissions {
  readonly open = new Map<string, HotAdmission>();
  /** Bucket → fleet and policy at which its jobs were last brought in line. */
  readonly reviewedAt = new Map<number, string>();
  /** Source → its networks, sorted; kept because every refresh of a source asks for it. */
  private readonly networks = new Map<string, readonly string[]>();

  set(admission: HotAdmission): void {
    const { admissionId, network, sourceId, hosts, status, expiresPlaneMs } = admission;
    this.open.set(admissionId, { admissionId, network, sourceId, hosts, status, expiresPlaneMs });
    this.gather(sourceId);
  }

  request(body: EventBodies['admission.requested']): void {
    const { admission_id: admissionId, network, source_id: sourceId, hosts } = body;
    this.set({ admissionId, network, sourceId, hosts, status: 'pending', expiresPlaneMs: null });
  }

  grant(body: EventBodies['admission.granted'], planeMs: number): void {
    const { admission_id: admissionId, network, source_id: sourceId, hosts, expires_ms: expiresMs } = body;
    const expiresPlaneMs = expiresMs === null ? null : planeMs + expiresMs;
    this.set({ admissionId, network, sourceId, hosts, status: 'granted', expiresPlaneMs });
  }

  /** It was rejected, revoked or expired. */
  drop(admissionId: string): void {
    const admission = this.open.get(admissionId);
    if (admission === undefined) return;
    this.open.delete(admissionId);
    this.gather(admission.sourceId);
  }

  networksOf(sourceId: string): readonly string[] {
    return this.networks.get(sourceId) ?? NONE;
  }

  /** The grant by which a source reaches a network; the newest where there are several. */
  grantFor(sourceId: string, network: string): HotAdmission | undefined {
    let found: HotAdmission | undefined;
    for (const admission of this.open.values())
      if (admission.status === 'granted' && admission.sourceId === sourceId && admission.network === network)
        found = admission;
    return found;
  }

  /** Somebody asked for this network and nobody answered yet. */
  hasPending(network: string): boolean {
    for (const { status, network: named } of this.open.values())
      if (status === 'pending' && named === network) return true;
    return false;
  }

  private gather(sourceId: string): void {
    const names = new Set<string>();
    for (const admission of this.open.values())
      if (admission.status === 'granted' && admission.sourceId === sourceId) names.add(admission.network);
    if (names.size === 0) this.networks.delete(sourceId);
    else this.networks.set(sourceId, [...names].sort());
  }
}
