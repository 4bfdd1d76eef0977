import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { homedir, platform } from 'node:os';
import { join } from 'node:path';
import { ANCHOR_EVERY_MS } from '../contract/limits.ts';
import type { Checkpoint } from '../ledger/note/checkpoint.ts';
import type { Clock, Timers } from './clock.ts';
import { syncDirectory } from './files/sync-directory.ts';

/** The last signed head of one log, as it is kept where a copy of the data directory does not reach. */
export interface AnchorLine {
  origin: string;
  size: number;
  /** Base64 of 32 bytes. */
  root: string;
  /** Highest fencing token given out then. */
  fence: number;
}

/**
 * One file per plane key, outside of the data directory, with a line per workspace. An older copy of the data directory
 * shows by being behind it.
 */
export class Anchor {
  private readonly lines = new Map<string, AnchorLine>();
  private isChanged = false;
  private writing: Promise<void> | null = null;
  private writtenMs = Number.NEGATIVE_INFINITY;
  private hasTimer = false;
  /** Why the last write failed; null while it works. */
  problem: string | null = null;

  private constructor(
    private readonly directory: string,
    private readonly path: string,
    private readonly clock: Clock,
    private readonly timers: Timers,
  ) {}

  /** @param publicKey of the plane, 32 raw bytes. @throws the system's error when a file that is there cannot be read. */
  static open(directory: string, publicKey: Uint8Array, clock: Clock, timers: Timers): Anchor {
    const anchor = new Anchor(directory, anchorPath(directory, publicKey), clock, timers);
    if (existsSync(anchor.path)) {
      for (const text of readFileSync(anchor.path, 'utf8').split('\n')) {
        if (text === '') continue;
        const line = JSON.parse(text) as AnchorLine;
        anchor.lines.set(line.origin, line);
      }
    }
    return anchor;
  }

  lineOf(origin: string): AnchorLine | null {
    return this.lines.get(origin) ?? null;
  }

  /** Keeps a head that is on disk. Written at most once a second. */
  note({ origin, size, root }: Checkpoint, fence: number): void {
    this.lines.set(origin, { origin, size, root: root.toString('base64'), fence });
    this.isChanged = true;
    const waitMs = ANCHOR_EVERY_MS - (this.clock.monoMs() - this.writtenMs);
    if (waitMs <= 0) void this.write();
    else if (!this.hasTimer) {
      this.hasTimer = true;
      this.timers.after(waitMs, () => {
        this.hasTimer = false;
        void this.write();
      });
    }
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    await this.writing;
    await this.write();
  }

  private write(): Promise<void> {
    if (!this.isChanged || this.writing !== null) return this.writing ?? Promise.resolve();
    this.isChanged = false;
    this.writtenMs = this.clock.monoMs();
    this.writing = this.writeFile()
      .then(
        () => {
          this.problem = null;
        },
        (error: Error) => {
          this.problem = error.message;
        },
      )
      .finally(() => {
        this.writing = null;
      });
    return this.writing;
  }

  private async writeFile(): Promise<void> {
    mkdirSync(this.directory, { recursive: true, mode: 0o700 });
    const temp = `${this.path}.tmp`;
    const file = await open(temp, 'w', 0o600);
    try {
      await file.writeFile([...this.lines.values()].map((line) => `${JSON.stringify(line)}\n`).join(''));
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temp, this.path);
    await syncDirectory(this.directory);
  }
}

/** Named by the key, so that planes of one user never meet. */
export const anchorPath = (directory: string, publicKey: Uint8Array): string =>
  join(directory, `anchor-${createHash('sha256').update(publicKey).digest('hex').slice(0, 32)}.jsonl`);

/** The folder for the settings of programs of this user. */
export function defaultAnchorDir(env: Record<string, string | undefined>): string {
  const home = homedir();
  const system = platform();
  const config =
    system === 'win32'
      ? (env.APPDATA ?? join(home, 'AppData', 'Roaming'))
      : system === 'darwin'
        ? join(home, 'Library', 'Preferences')
        : (env.XDG_CONFIG_HOME ?? join(home, '.config'));
  return join(config, 'connected-compute', 'anchors');
}
