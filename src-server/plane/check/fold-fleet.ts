import type { CredentialState, SessionState, SourceState } from '../../contract/terms.ts';
import { CREDENTIAL_TRANSITIONS } from '../../domain/credentials/transitions.ts';
import { SESSION_TRANSITIONS } from '../../domain/sessions/transitions.ts';
import { SOURCE_TRANSITIONS } from '../../domain/sources/transitions.ts';
import { canFollow } from '../../domain/transition-table.ts';
import { foldSeat, foldSeatEnd } from './fold-pools.ts';
import type { FoldedSource } from './folded-rows.ts';
import type { FoldContext, Folds } from './log-fold.ts';

export function sourceOf({ world, fail }: FoldContext, sourceId: string): FoldedSource | undefined {
  const source = world.sources.get(sourceId);
  if (source === undefined) fail('I25', `${sourceId} was never enrolled`);
  return source;
}

const moveSource =
  (to: SourceState) =>
  (body: { source_id: string }, context: FoldContext): void => {
    const source = sourceOf(context, body.source_id);
    if (source === undefined) return;
    if (!canFollow(SOURCE_TRANSITIONS, source.state, to))
      context.fail('I25', `source ${source.sourceId}: ${source.state} → ${to}`);
    source.state = to;
  };
const edit =
  <B extends { source_id: string }>(change: (source: FoldedSource, body: B) => void) =>
  (body: B, context: FoldContext): void => {
    const source = sourceOf(context, body.source_id);
    if (source === undefined) return;
    if (source.isRevoked) context.fail('I25', `source ${source.sourceId} was revoked and still changes`);
    change(source, body);
  };

function moveCredential(context: FoldContext, enrollmentId: string, to: CredentialState): void {
  const from = context.world.credentials.get(enrollmentId);
  if (from === undefined || !canFollow(CREDENTIAL_TRANSITIONS, from, to))
    context.fail(
      to === 'redeemed' && from === 'redeemed' ? 'I21' : 'I22',
      `${enrollmentId}: ${from ?? 'unknown'} → ${to}`,
    );
  context.world.credentials.set(enrollmentId, to);
}

function moveSession(context: FoldContext, sessionId: string, to: SessionState): void {
  const session = context.world.sessions.get(sessionId);
  if (session === undefined) {
    context.fail('I25', `session ${sessionId} was never registered`);
    return;
  }
  if (!canFollow(SESSION_TRANSITIONS, session.state, to))
    context.fail('I25', `session ${sessionId}: ${session.state} → ${to}`);
  session.state = to;
  if (to === 'ended') foldSeatEnd(context.world, session.sourceId, sessionId);
}

export const fleetFolds = {
  'config.changed'(body, { world }) {
    if (body.paused !== undefined) world.isPaused = body.paused;
    if (body.lease_ttl_ms !== undefined) world.leaseTtlMs = body.lease_ttl_ms;
    if (body.name !== undefined) world.name = body.name;
  },
  // A start arranges the queue anew: turns begin again.
  'time.jumped': (_body, { world }) => world.passedOver.clear(),
  'source.enrolled'(body, { world, fail }) {
    if (world.sources.has(body.source_id)) fail('I25', `${body.source_id} was enrolled twice`);
    world.sources.set(body.source_id, {
      sourceId: body.source_id,
      side: body.side,
      state: 'pending',
      isCordoned: false,
      isDraining: false,
      isRevoked: false,
      capacity: body.capacity,
      offered: 0,
      labels: body.labels,
      pinnedClass: body.pinned_class,
      ownClass: null,
      posture: {},
      sessionId: null,
      activeLeases: new Set(),
      lastGrantFence: 0,
      pool: body.pool === undefined ? null : { classes: body.pool.compute_classes, seats: new Map() },
      seat: null,
    });
  },
  'source.changed': edit((source, body) => {
    if (body.capacity !== undefined) source.capacity = body.capacity;
    if (body.labels !== undefined) source.labels = body.labels;
    if (body.pinned_class !== undefined) source.pinnedClass = body.pinned_class;
    if (body.posture !== undefined) source.posture = body.posture;
    if (body.pool_classes !== undefined && source.pool !== null) source.pool.classes = body.pool_classes;
  }),
  'source.online': moveSource('online'),
  'source.late': moveSource('late'),
  'source.offline': moveSource('offline'),
  'source.quarantined': moveSource('quarantined'),
  'source.cordoned': edit((source) => {
    source.isCordoned = true;
  }),
  'source.draining': edit((source) => {
    source.isDraining = true;
  }),
  'source.resumed': edit((source) => {
    source.isCordoned = false;
    source.isDraining = false;
  }),
  'source.revoked': edit((source) => {
    source.isRevoked = true;
  }),
  'session.registered'(body, context) {
    const { world, fail } = context;
    const source = sourceOf(context, body.source_id);
    if (source === undefined) return;
    if (source.isRevoked) fail('I11', `session ${body.session_id} registered on a revoked source`);
    const known = world.sessions.get(body.session_id);
    if (known?.state === 'ended') fail('I25', `session ${body.session_id} had ended and came back`);
    world.sessions.set(body.session_id, {
      sessionId: body.session_id,
      sourceId: body.source_id,
      state: source.isDraining ? 'draining' : 'active',
    });
    if (body.seat !== undefined) {
      foldSeat(context, source, body);
      return;
    }
    Object.assign(source, {
      sessionId: body.session_id,
      ownClass: body.compute_class,
      posture: body.posture,
      offered: body.capacity,
    });
  },
  'session.state': (body, context) => moveSession(context, body.session_id, body.state),
  'credential.issued'(body, { world, fail }) {
    if (world.credentials.has(body.enrollment_id)) fail('I21', `${body.enrollment_id} was issued twice`);
    world.credentials.set(body.enrollment_id, 'issued');
  },
  'credential.redeemed': (body, context) => moveCredential(context, body.enrollment_id, 'redeemed'),
  'credential.expired': (body, context) => moveCredential(context, body.enrollment_id, 'expired'),
  'credential.burned': (body, context) => moveCredential(context, body.enrollment_id, 'burned'),
} satisfies Folds;
