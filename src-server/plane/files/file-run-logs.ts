import { mkdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Timers } from '../clock.ts';
import type { OutputStream, RunLogs, StreamEnd, ToldSizes } from '../files-port.ts';
import { fileProblem } from './file-problem.ts';
import { LogFile } from './log-file.ts';
import { syncDirectory } from './sync-directory.ts';

const SYNC_EVERY_MS = 1_000;
const RUN_ID = /^run_[0-9A-HJKMNP-TV-Z]{26}$/;
const NONE: StreamEnd = { size_bytes: 0, sha256: null, truncated: false };

/** Output of attempts as files `<run>/stdout.log`. A file is kept open only while its attempt writes. */
export class FileRunLogs implements RunLogs {
  private readonly open = new Map<string, Promise<LogFile>>();
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly stopSyncing: () => void;

  constructor(
    private readonly directory: string,
    timers: Timers,
    isReadOnly = false,
  ) {
    if (!isReadOnly) mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.stopSyncing = timers.every(SYNC_EVERY_MS, () => void this.syncDirty());
  }

  async append(
    runId: string,
    name: OutputStream,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ nextOffset: number; durableOffset: number }> {
    const stream = await this.writer(runId, name);
    const answer = await stream.append(offset, bytes);
    this.wake(runId);
    return answer;
  }

  async read(
    runId: string,
    name: OutputStream,
    offset: number,
    limitBytes: number,
  ): Promise<{ bytes: Buffer; sizeBytes: number; isTruncated: boolean }> {
    const none = { bytes: Buffer.alloc(0), sizeBytes: 0, isTruncated: false };
    return (await this.borrow(runId, name, (stream) => stream.read(offset, limitBytes))) ?? none;
  }

  async finish(runId: string, told: ToldSizes = {}): Promise<{ stdout: StreamEnd; stderr: StreamEnd } | null> {
    const stdout = await this.borrow(runId, 'stdout', (stream) => stream.finish(told.stdout?.size_bytes));
    const stderr = await this.borrow(runId, 'stderr', (stream) => stream.finish(told.stderr?.size_bytes));
    return stdout === null && stderr === null ? null : { stdout: stdout ?? NONE, stderr: stderr ?? NONE };
  }

  onGrowth(runId: string, callback: () => void): () => void {
    const set = this.waiting.get(runId) ?? new Set();
    this.waiting.set(runId, set);
    set.add(callback);
    return () => {
      set.delete(callback);
      if (set.size === 0 && this.waiting.get(runId) === set) this.waiting.delete(runId);
    };
  }

  end(runId: string): void {
    for (const name of ['stdout', 'stderr'] as const) {
      const key = `${runId}/${name}`;
      const stream = this.open.get(key);
      this.open.delete(key);
      void stream?.then((s) => s.close()).catch(() => undefined);
    }
    this.wake(runId);
  }

  async close(): Promise<void> {
    this.stopSyncing();
    const streams = [...this.open.values()];
    this.open.clear();
    for (const opening of streams) {
      const stream = await opening.catch(() => null);
      await stream?.sync().catch(() => undefined);
      await stream?.close().catch(() => undefined);
    }
  }

  private async syncDirty(): Promise<void> {
    for (const opening of [...this.open.values()]) {
      const stream = await opening.catch(() => null);
      // A failure is kept by the stream and told to whoever writes next.
      if (stream?.isDirty === true) await stream.sync().catch(() => undefined);
    }
  }

  private writer(runId: string, name: OutputStream): Promise<LogFile> {
    const key = `${runId}/${name}`;
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const opening = this.make(runId, name);
    this.open.set(key, opening);
    opening.catch(() => {
      if (this.open.get(key) === opening) this.open.delete(key);
    });
    return opening;
  }

  private async make(runId: string, name: OutputStream): Promise<LogFile> {
    const path = this.path(runId, name);
    try {
      const made = await mkdir(`${this.directory}/${runId}`, { recursive: true, mode: 0o700 });
      const stream = (await LogFile.open(path, true)) as LogFile;
      await syncDirectory(`${this.directory}/${runId}`);
      if (made !== undefined) await syncDirectory(this.directory);
      return stream;
    } catch (error) {
      throw fileProblem(error);
    }
  }

  /** Uses the stream that is open for writing, or one that is opened for this use alone; null when there is none. */
  private async borrow<T>(runId: string, name: OutputStream, use: (stream: LogFile) => Promise<T>): Promise<T | null> {
    const known = this.open.get(`${runId}/${name}`);
    if (known !== undefined) {
      try {
        return await use(await known);
      } catch (error) {
        // The attempt ended meanwhile and took its file along: it is read once more from the disk.
        if ((error as NodeJS.ErrnoException).code !== 'EBADF') throw error;
      }
    }
    const stream = await LogFile.open(this.path(runId, name), false);
    if (stream === null) return null;
    try {
      return await use(stream);
    } finally {
      await stream.close();
    }
  }

  private path(runId: string, name: OutputStream): string {
    if (!RUN_ID.test(runId)) throw new Error('not an id of a run');
    return `${this.directory}/${runId}/${name}.log`;
  }

  private wake(runId: string): void {
    const callbacks = [...(this.waiting.get(runId) ?? [])];
    this.waiting.delete(runId);
    for (const callback of callbacks) callback();
  }
}
