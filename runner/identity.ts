import type { KeyObject } from 'node:crypto';
import type { Target } from './args.ts';
import { fingerprintOf, readPrivateKey } from './ed25519.ts';
import { RunnerError } from './errors.ts';
import { EXIT } from './exit-codes.ts';
import { planeOrigin } from './plane-url.ts';
import { StateDir } from './state-dir.ts';
import { defaultStateDir, type Surroundings } from './user-folders.ts';

/** A connected runner, read from its state directory. */
export interface Identity {
  stateDir: StateDir;
  origin: string;
  enrollment: string;
  sessionId: string;
  sourceId: string;
  /** Fingerprint and raw base64 of the pinned plane key. */
  planeKey: string;
  planePublicKey: string;
  /** Keys that the plane had before, raw base64: what it signed then still holds. */
  earlierPlaneKeys: string[];
  privateKey: KeyObject;
  heartbeatIntervalMs: number;
  leaseTtlMs: number;
  bootstrapSha256: string;
}

/** The state directory that a command line means. */
export function stateDirOf(target: Target, surroundings: Surroundings): StateDir {
  if (target.stateDir !== null) return new StateDir(target.stateDir);
  return new StateDir(defaultStateDir(target.enrollment ?? '', surroundings));
}

/**
 * Reads who this runner is and holds it against the command line.
 * @param movedTo the plane's address now, where it is another than at connect
 * Throws RunnerError 77 (not connected, rights too wide), 65 (damaged, another enrollment) or 76 (another plane key).
 */
export function readIdentity(target: Target, surroundings: Surroundings, movedTo: string | null = null): Identity {
  const stateDir = stateDirOf(target, surroundings);
  const state = stateDir.read();
  if (state === null || state.session_id === null || state.source_id === null) {
    throw new RunnerError(EXIT.notPermitted, `No connected runner in ${stateDir.path}. Run connect first.`);
  }
  if (target.enrollment !== null && target.enrollment !== state.enrollment_id) {
    throw new RunnerError(
      EXIT.data,
      `${stateDir.path} belongs to ${state.enrollment_id}, not to ${target.enrollment}.`,
    );
  }
  const isKnown = target.planeKey === state.plane_key || target.planeKey === fingerprintOf(state.plane_public_key);
  if (target.planeKey !== null && !isKnown) {
    throw new RunnerError(
      EXIT.planeNotTrusted,
      `This runner is pinned to plane key ${state.plane_key}, not to ${target.planeKey}.`,
    );
  }
  return {
    stateDir,
    origin: planeOrigin(movedTo ?? state.url),
    enrollment: state.enrollment_id,
    sessionId: state.session_id,
    sourceId: state.source_id,
    planeKey: state.plane_key,
    planePublicKey: state.plane_public_key,
    earlierPlaneKeys: state.earlier_plane_keys ?? [],
    privateKey: readPrivateKey(state.private_key_pem),
    heartbeatIntervalMs: state.heartbeat_interval_ms,
    leaseTtlMs: state.lease_ttl_ms,
    bootstrapSha256: state.bootstrap_sha256,
  };
}

/** Keeps the key that followed the one in force, over restarts. */
export function followKey(identity: Identity, planePublicKey: string): void {
  if (identity.planePublicKey === planePublicKey) return;
  const state = identity.stateDir.read();
  identity.earlierPlaneKeys = [...identity.earlierPlaneKeys, identity.planePublicKey];
  identity.planePublicKey = planePublicKey;
  if (state === null) return;
  const earlier = identity.earlierPlaneKeys;
  identity.stateDir.write({ ...state, plane_public_key: planePublicKey, earlier_plane_keys: earlier });
}
