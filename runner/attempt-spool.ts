import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { EnvelopePayload } from '../src-server/contract/runtime.ts';
import { messageOf } from './errors.ts';
import { writeWhole } from './state-dir.ts';

export type StreamName = 'stdout' | 'stderr';
/** Segments below what the plane made durable are deleted one by one, so a spool on disk holds little more than it must. */
const SEGMENT_BYTES = 1024 * 1024;
const ABOUT_FILE = 'attempt.json';
const SEGMENT = /^(stdout|stderr)-(\d+)\.log$/;

/** What a later process needs to settle an attempt that this one could not. It holds no secret: a job names them only. */
export interface SpooledAttempt {
  v: 1;
  payload: EnvelopePayload;
  /** Wall time of the acknowledged start, ms since 1970. */
  started_wall_ms: number;
}

/** Bytes of one stream that were found on disk. */
export interface SpooledStream {
  startOffset: number;
  bytes: Buffer;
}

/**
 * The output of one attempt on disk, redacted, from before it is sent until the plane has made it durable. It survives a
 * crash of this process; what a power cut takes of it the plane may still have.
 */
export class AttemptSpool {
  readonly #open = new Map<StreamName, { file: number; path: string; endOffset: number; sizeBytes: number }>();
  readonly #closed = new Map<StreamName, { path: string; endOffset: number }[]>();
  #isBroken = false;

  private constructor(
    readonly path: string,
    private readonly onBroken: (detail: string) => void,
  ) {}

  /** Makes the spool of a started attempt. A disk that does not take it costs the spool, not the job. */
  static make(root: string, about: SpooledAttempt, onBroken: (detail: string) => void): AttemptSpool {
    const { lease_id: leaseId, fence } = about.payload;
    const spool = new AttemptSpool(join(root, `${leaseId}-${fence}`), onBroken);
    spool.#try(() => {
      mkdirSync(spool.path, { recursive: true, mode: 0o700 });
      writeWhole(join(spool.path, ABOUT_FILE), JSON.stringify(about));
    });
    return spool;
  }

  /** Keeps bytes that follow what was kept before. */
  append(stream: StreamName, offset: number, bytes: Uint8Array): void {
    this.#try(() => {
      const segment = this.#segment(stream, offset);
      for (let at = 0; at < bytes.length; ) at += writeSync(segment.file, bytes, at);
      segment.endOffset = offset + bytes.length;
      segment.sizeBytes += bytes.length;
    });
  }

  /** Lets go of whole segments below `offset`, which is durable at the plane. */
  release(stream: StreamName, offset: number): void {
    const closed = this.#closed.get(stream) ?? [];
    while (closed[0] !== undefined && closed[0].endOffset <= offset) {
      const { path } = closed.shift() as { path: string };
      this.#try(() => unlinkSync(path));
    }
  }

  /** The attempt is settled, or never will be. */
  remove(): void {
    for (const { file } of this.#open.values()) closeSync(file);
    this.#open.clear();
    rmSync(this.path, { recursive: true, force: true });
  }

  #segment(stream: StreamName, offset: number) {
    const open = this.#open.get(stream);
    if (open !== undefined && open.sizeBytes < SEGMENT_BYTES) return open;
    if (open !== undefined) {
      closeSync(open.file);
      this.#closed.set(stream, [...(this.#closed.get(stream) ?? []), { path: open.path, endOffset: open.endOffset }]);
    }
    const path = join(this.path, `${stream}-${offset}.log`);
    const made = { file: openSync(path, 'wx', 0o600), path, endOffset: offset, sizeBytes: 0 };
    this.#open.set(stream, made);
    return made;
  }

  #try(write: () => void): void {
    if (this.#isBroken) return;
    try {
      write();
    } catch (error) {
      this.#isBroken = true;
      this.onBroken(messageOf(error));
    }
  }
}

/** The spools that an earlier process left, by path. What cannot be read is left out. */
export function leftSpools(root: string): { path: string; about: SpooledAttempt }[] {
  let names: string[];
  try {
    names = readdirSync(root);
  } catch {
    // No runner of this state directory ever started an attempt.
    return [];
  }
  return names.flatMap((name) => {
    const path = join(root, name);
    try {
      const about = JSON.parse(readFileSync(join(path, ABOUT_FILE), 'utf8')) as SpooledAttempt;
      if (about.v === 1 && typeof about.payload?.lease_id === 'string') return [{ path, about }];
    } catch {
      // Made half: nothing was kept in it.
    }
    rmSync(path, { recursive: true, force: true });
    return [];
  });
}

/** What is on disk of one stream: from its first byte to the first that is missing. */
export function readSpooled(path: string, stream: StreamName): SpooledStream {
  const segments = readdirSync(path)
    .flatMap((name) => {
      const match = SEGMENT.exec(name);
      return match?.[1] === stream ? [{ offset: Number(match[2]), file: join(path, name) }] : [];
    })
    .sort((a, b) => a.offset - b.offset);
  const startOffset = segments[0]?.offset ?? 0;
  const parts: Buffer[] = [];
  let endOffset = startOffset;
  for (const { offset, file } of segments) {
    if (offset !== endOffset) break;
    parts.push(readFileSync(file));
    endOffset += statSync(file).size;
  }
  return { startOffset, bytes: Buffer.concat(parts) };
}
