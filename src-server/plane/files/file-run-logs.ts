import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { LOG_KEPT_LIMIT_BYTES } from '../../contract/limits.ts';
import { ProblemError } from '../../contract/problems.ts';
import type { Timers } from '../clock.ts';
import type { OutputStream, RunLogs, StreamEnd } from '../files-port.ts';

const SYNC_EVERY_MS = 1_000;
const RUN_ID = /^run_[0-9A-Z]{26}$/;

interface OpenStream {
  file: FileHandle;
  /** Bytes that are kept in the file. */
  keptBytes: number;
  /** Bytes that came in all; more than kept once the limit is reached. */
  sizeBytes: number;
  durableBytes: number;
  /** Writes of one stream follow each other. */
  tail: Promise<unknown>;
  isDirty: boolean;
}

/** Output of attempts as files `<run>/stdout.log`; counts that the file cannot show stand beside it. */
export class FileRunLogs implements RunLogs {
  private readonly open = new Map<string, Promise<OpenStream>>();
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(
    private readonly directory: string,
    timers: Timers,
  ) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    this.stopSyncing = timers.every(SYNC_EVERY_MS, () => void this.syncDirty());
  }

  /** Ends the background syncing and closes every file. */
  private readonly stopSyncing: () => void;

  async close(): Promise<void> {
    this.stopSyncing();
    for (const stream of this.open.values()) await (await stream).file.close().catch(() => undefined);
    this.open.clear();
  }

  async append(
    runId: string,
    name: OutputStream,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ nextOffset: number; durableOffset: number }> {
    const stream = await this.stream(runId, name);
    const done = stream.tail.then(() => this.write(runId, name, stream, offset, bytes));
    stream.tail = done.catch(() => undefined);
    const answer = await done;
    this.wake(runId);
    return answer;
  }

  async read(
    runId: string,
    name: OutputStream,
    offset: number,
    limitBytes: number,
  ): Promise<{ bytes: Buffer; sizeBytes: number; isTruncated: boolean }> {
    const stream = await this.stream(runId, name, false);
    if (stream === null) return { bytes: Buffer.alloc(0), sizeBytes: 0, isTruncated: false };
    await stream.tail;
    const length = Math.max(0, Math.min(limitBytes, stream.keptBytes - offset));
    const bytes = Buffer.alloc(length);
    const { bytesRead } = length === 0 ? { bytesRead: 0 } : await stream.file.read(bytes, 0, length, offset);
    return {
      bytes: bytes.subarray(0, bytesRead),
      sizeBytes: stream.keptBytes,
      isTruncated: stream.sizeBytes > stream.keptBytes,
    };
  }

  async finish(runId: string): Promise<{ stdout: StreamEnd; stderr: StreamEnd } | null> {
    const stdout = await this.end1(runId, 'stdout');
    const stderr = await this.end1(runId, 'stderr');
    const none: StreamEnd = { size_bytes: 0, sha256: null, truncated: false };
    return stdout === null && stderr === null ? null : { stdout: stdout ?? none, stderr: stderr ?? none };
  }

  onGrowth(runId: string, callback: () => void): () => void {
    const set = this.waiting.get(runId) ?? new Set();
    this.waiting.set(runId, set);
    set.add(callback);
    return () => {
      set.delete(callback);
      if (set.size === 0) this.waiting.delete(runId);
    };
  }

  end(runId: string): void {
    this.wake(runId);
    for (const name of ['stdout', 'stderr'] as const) {
      const key = `${runId}/${name}`;
      const stream = this.open.get(key);
      this.open.delete(key);
      void stream
        ?.then(async (s) => {
          await s.tail;
          await s.file.close();
        })
        .catch(() => undefined);
    }
  }

  private async write(
    runId: string,
    name: OutputStream,
    stream: OpenStream,
    offset: number,
    bytes: Uint8Array,
  ): Promise<{ nextOffset: number; durableOffset: number }> {
    if (offset > stream.sizeBytes) {
      throw new ProblemError('conflict.log_gap', `Send ${name} from byte ${stream.sizeBytes} on.`, {
        expected_offset: stream.sizeBytes,
      });
    }
    const fresh = bytes.subarray(Math.min(bytes.length, stream.sizeBytes - offset));
    const kept = fresh.subarray(0, Math.max(0, LOG_KEPT_LIMIT_BYTES - stream.keptBytes));
    if (kept.length > 0) await stream.file.write(kept, 0, kept.length, stream.keptBytes).catch(noRoom);
    stream.keptBytes += kept.length;
    stream.sizeBytes += fresh.length;
    stream.isDirty ||= fresh.length > 0;
    if (kept.length < fresh.length)
      await writeFile(this.countPath(runId, name), String(stream.sizeBytes), { mode: 0o600 });
    return { nextOffset: stream.sizeBytes, durableOffset: this.durable(stream) };
  }

  /** Past the kept bytes nothing is stored, so nothing has to be sent again. */
  private durable(stream: OpenStream): number {
    return stream.durableBytes >= stream.keptBytes ? stream.sizeBytes : stream.durableBytes;
  }

  private async end1(runId: string, name: OutputStream): Promise<StreamEnd | null> {
    const stream = await this.stream(runId, name, false);
    if (stream === null) return null;
    await stream.tail;
    await this.sync(stream);
    const sha256 = createHash('sha256')
      .update(await readFile(this.path(runId, name)))
      .digest('hex');
    return { size_bytes: stream.sizeBytes, sha256, truncated: stream.sizeBytes > stream.keptBytes };
  }

  private async syncDirty(): Promise<void> {
    for (const opening of this.open.values()) {
      const stream = await opening.catch(() => null);
      if (stream?.isDirty) await this.sync(stream).catch(() => undefined);
    }
  }

  private async sync(stream: OpenStream): Promise<void> {
    const upTo = stream.keptBytes;
    stream.isDirty = false;
    await stream.file.datasync();
    stream.durableBytes = Math.max(stream.durableBytes, upTo);
  }

  private stream(runId: string, name: OutputStream): Promise<OpenStream>;
  private stream(runId: string, name: OutputStream, create: false): Promise<OpenStream | null>;
  private stream(runId: string, name: OutputStream, create = true): Promise<OpenStream | null> {
    const key = `${runId}/${name}`;
    const known = this.open.get(key);
    if (known !== undefined) return known;
    const opening = this.openStream(runId, name, create);
    if (!create) {
      return opening.then((stream) => {
        // A reader that came second keeps what the first one opened.
        if (stream !== null && !this.open.has(key)) this.open.set(key, Promise.resolve(stream));
        return stream;
      });
    }
    this.open.set(key, opening as Promise<OpenStream>);
    opening.catch(() => this.open.delete(key));
    return opening;
  }

  private async openStream(runId: string, name: OutputStream, create: boolean): Promise<OpenStream | null> {
    const path = this.path(runId, name);
    if (create) await mkdir(`${this.directory}/${runId}`, { recursive: true, mode: 0o700 });
    const file = await open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return create ? open(path, 'wx+', 0o600).catch(noRoom) : null;
    });
    if (file === null) return null;
    const keptBytes = (await file.stat()).size;
    const counted = Number(await readFile(this.countPath(runId, name), 'utf8').catch(() => '0'));
    return {
      file,
      keptBytes,
      sizeBytes: Math.max(keptBytes, counted),
      durableBytes: 0,
      tail: Promise.resolve(),
      isDirty: true,
    };
  }

  private path(runId: string, name: OutputStream): string {
    if (!RUN_ID.test(runId)) throw new Error(`not a run id: ${runId}`);
    return `${this.directory}/${runId}/${name}.log`;
  }

  private countPath(runId: string, name: OutputStream): string {
    return `${this.directory}/${runId}/${name}.count`;
  }

  private wake(runId: string): void {
    const callbacks = [...(this.waiting.get(runId) ?? [])];
    this.waiting.delete(runId);
    for (const callback of callbacks) callback();
  }
}

function noRoom(error: NodeJS.ErrnoException): never {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT')
    throw new ProblemError('storage.full', 'Free some space on the disk of the data directory.');
  throw error;
}
