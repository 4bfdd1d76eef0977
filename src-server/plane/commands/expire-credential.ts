import { type Engine, PLANE_ACTOR } from '../engine.ts';
import type { HotEnrollment } from '../hot/hot.ts';

/** Its lifetime is counted in the plane's own running time, which no clock change can stretch or cut. */
export const isCredentialOver = (engine: Engine, enrollment: HotEnrollment): boolean =>
  engine.planeMs - enrollment.issuedPlaneMs >= enrollment.ttlMs;

/** Marks an unused credential as expired. */
export function expireCredential(engine: Engine, enrollment: HotEnrollment): void {
  if (enrollment.state !== 'issued') return;
  engine.emit(PLANE_ACTOR, [{ type: 'credential.expired', body: { enrollment_id: enrollment.enrollmentId } }], {
    source: enrollment.sourceId,
  });
}
