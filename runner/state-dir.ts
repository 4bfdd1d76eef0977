import {
  closeSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { messageOf, RunnerError, systemCodeOf } from './errors.ts';
import { EXIT } from './exit-codes.ts';

const STATE_FILE = 'runner.json';
const BOOTSTRAP_FILE = 'bootstrap.mjs';
const CHECKPOINT_FILE = 'checkpoint';
/** Group and others: no right at all. */
export const FOREIGN_RIGHTS = 0o077;

/** What a runner keeps on disk: its own key and ids, never a token or the credential. */
export interface RunnerState {
  v: 1;
  url: string;
  enrollment_id: string;
  /** Fingerprint of the only plane key this runner obeys. */
  plane_key: string;
  /** The key in force: the pinned one, or one that followed it by its signature. */
  plane_public_key: string;
  /** Keys before that one, which older checkpoints are signed by. */
  earlier_plane_keys?: string[];
  /** PKCS#8 PEM of the runner's own Ed25519 key; it never leaves this file. */
  private_key_pem: string;
  /** Null between making the key and the plane's answer to the registration. */
  session_id: string | null;
  source_id: string | null;
  heartbeat_interval_ms: number;
  lease_ttl_ms: number;
  /** SHA-256 of the program that connected; bootstrap.mjs beside this file holds its bytes. */
  bootstrap_sha256: string;
}

/** Writes a 0600 file so that a crash leaves either the old bytes or the new ones, both whole. */
export function writeWhole(path: string, bytes: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.new`;
  const file = openSync(temporary, 'w', 0o600);
  try {
    fchmodSync(file, 0o600);
    const buffer = Buffer.from(bytes);
    for (let at = 0; at < buffer.length; ) at += writeSync(file, buffer, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

/** One runner's state directory (0700) with its 0600 files. */
export class StateDir {
  constructor(readonly path: string) {}

  get lockPath(): string {
    return join(this.path, 'run.lock');
  }

  get spoolPath(): string {
    return join(this.path, 'spool');
  }

  get bootstrapPath(): string {
    return join(this.path, BOOTSTRAP_FILE);
  }

  /** The container engine that was found to hold. */
  get enginePath(): string {
    return join(this.path, 'engine.json');
  }

  /** The cluster that was found to hold. */
  get clusterPath(): string {
    return join(this.path, 'cluster.json');
  }

  get checkpointPath(): string {
    return join(this.path, CHECKPOINT_FILE);
  }

  get statePath(): string {
    return join(this.path, STATE_FILE);
  }

  /** Makes the directory, closed to others. Throws RunnerError 77 when that is not possible. */
  make(): void {
    try {
      mkdirSync(this.path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw new RunnerError(EXIT.notPermitted, `The state directory ${this.path} cannot be made: ${messageOf(error)}.`);
    }
    this.refuseForeignRights(this.path, '700');
  }

  /** The stored state, or null when there is none. Throws RunnerError 77 (rights too wide) or 65 (damaged). */
  read(): RunnerState | null {
    let text: string;
    try {
      text = readFileSync(this.statePath, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return null;
      throw new RunnerError(EXIT.notPermitted, `${this.statePath} cannot be read: ${messageOf(error)}.`);
    }
    this.refuseForeignRights(this.statePath, '600');
    return this.#parse(text);
  }

  write(state: RunnerState): void {
    writeWhole(this.statePath, `${JSON.stringify(state, null, 2)}\n`);
  }

  /** The last checkpoint of the plane's log that this runner saw; null before the first. Throws RunnerError 77. */
  readCheckpoint(): string | null {
    try {
      return readFileSync(this.checkpointPath, 'utf8');
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return null;
      throw new RunnerError(EXIT.notPermitted, `${this.checkpointPath} cannot be read: ${messageOf(error)}.`);
    }
  }

  writeCheckpoint(note: string): void {
    writeWhole(this.checkpointPath, note);
  }

  /** Keeps the program that was verified and ran, so that a service can start the same bytes. */
  writeBootstrap(bytes: Uint8Array): void {
    writeWhole(this.bootstrapPath, bytes);
  }

  refuseForeignRights(path: string, mode: '600' | '700'): void {
    // Windows keeps rights in access lists, which mode bits do not show.
    if (process.platform === 'win32' || (statSync(path).mode & FOREIGN_RIGHTS) === 0) return;
    throw new RunnerError(EXIT.notPermitted, `${path} is open to other users. Run: chmod ${mode} ${path}`);
  }

  #parse(text: string): RunnerState {
    try {
      const state = JSON.parse(text) as RunnerState;
      const isWhole =
        state.v === 1 &&
        [state.url, state.enrollment_id, state.plane_key, state.plane_public_key, state.private_key_pem].every(
          (member) => typeof member === 'string',
        );
      if (isWhole) return state;
    } catch {
      // Falls through to the one answer for every kind of damage.
    }
    throw new RunnerError(EXIT.data, `${this.statePath} is damaged. Remove ${this.path} and enroll again.`);
  }
}
