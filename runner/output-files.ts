import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { matchesPattern, mayMatchBelow } from './outputs-glob.ts';
import { unsafePathReason } from './safe-path.ts';

/** Limits of one attempt's artifacts (5.2 of the specification). */
export const ARTIFACT_BYTES_LIMIT = 1024 * 1024 * 1024;
export const ARTIFACT_COUNT_LIMIT = 10_000;
/** Deeper than this nothing is looked for; a job can nest directories without end. */
const DEPTH_LIMIT = 64;

interface OutputLimits {
  bytes: number;
  count: number;
}

export interface OutputFile {
  /** Relative to the work directory, with forward slashes. */
  path: string;
  sizeBytes: number;
}
export interface RefusedOutput {
  path: string;
  reason: string;
}
export interface FoundOutputs {
  files: OutputFile[];
  refused: RefusedOutput[];
}

type FileInfo = { isFile(): boolean; isSymbolicLink(): boolean; nlink: number; size: number };

/** One look through a work directory, gathering what may be taken. */
class Finder {
  readonly found: FoundOutputs = { files: [], refused: [] };
  readonly matched = new Set<string>();
  readonly #folded = new Set<string>();
  #totalBytes = 0;

  constructor(
    private readonly workDir: string,
    private readonly patterns: readonly string[],
    private readonly limits: OutputLimits,
  ) {}

  refuse(path: string, reason: string): void {
    this.found.refused.push({ path, reason });
  }

  async walk(directory: string): Promise<void> {
    const names = await readdir(join(this.workDir, directory)).catch(() => null);
    if (names === null) this.refuse(directory, 'the directory cannot be read');
    for (const name of names?.sort() ?? []) await this.#look(directory === '' ? name : `${directory}/${name}`);
  }

  async #look(path: string): Promise<void> {
    const hits = this.patterns.filter((pattern) => matchesPattern(pattern, path));
    const isAbove = this.patterns.some((pattern) => mayMatchBelow(pattern, path));
    if (hits.length === 0 && !isAbove) return;
    const info = await lstat(join(this.workDir, path)).catch(() => null);
    if (info === null) {
      this.refuse(path, 'the name cannot be read');
    } else if (info.isDirectory()) {
      if (path.split('/').length > DEPTH_LIMIT) this.refuse(path, `nested deeper than ${DEPTH_LIMIT}`);
      else if (isAbove) await this.walk(path);
    } else if (hits.length > 0 || info.isSymbolicLink()) {
      // A link in the place of a directory would have led somewhere; it is told that it was not followed.
      for (const pattern of hits) this.matched.add(pattern);
      this.#take(path, info);
    }
  }

  #take(path: string, info: FileInfo): void {
    const reason = this.#refusalOf(path, info);
    if (reason !== null) {
      this.refuse(path, reason);
      return;
    }
    this.#folded.add(path.toLowerCase());
    this.#totalBytes += info.size;
    this.found.files.push({ path, sizeBytes: info.size });
  }

  #refusalOf(path: string, info: FileInfo): string | null {
    const unsafe = unsafePathReason(path);
    if (unsafe !== null) return unsafe;
    if (info.isSymbolicLink()) return 'symbolic link';
    if (!info.isFile()) return 'not a plain file';
    if (info.nlink > 1) return 'hard link: the file has other names';
    if (this.#folded.has(path.toLowerCase())) return 'another output differs only in case';
    if (this.found.files.length >= this.limits.count) return `more than ${this.limits.count} files`;
    if (this.#totalBytes + info.size > this.limits.bytes) return `more than ${this.limits.bytes} bytes in all`;
    return null;
  }
}

/**
 * Finds what a job declared as outputs. Links are never followed; what is not a plain file with one name, is not safely
 * named, or passes a limit is refused with the reason. Call it when nothing of the job runs any more.
 */
export async function findOutputs(
  workDir: string,
  patterns: readonly string[],
  limits: OutputLimits = { bytes: ARTIFACT_BYTES_LIMIT, count: ARTIFACT_COUNT_LIMIT },
): Promise<FoundOutputs> {
  const finder = new Finder(workDir, patterns, limits);
  if (patterns.length > 0) await finder.walk('');
  for (const pattern of patterns) if (!finder.matched.has(pattern)) finder.refuse(pattern, 'nothing matched');
  return finder.found;
}
