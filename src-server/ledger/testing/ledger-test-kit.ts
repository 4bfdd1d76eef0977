import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { type EntryFields, encodeEntry } from '../entry.ts';
import { type FileOps, realFileOps } from '../file-ops.ts';
import { ZERO_HASH } from '../hashing.ts';

/** Fields of an ordinary entry; `over` replaces some. */
export function entryFields(seq: number, over: Partial<EntryFields> = {}): EntryFields {
  return {
    seq,
    ws: 'ws_01HZY3T7Q2M8K4N6P9R5S1V0WX',
    at: '2026-11-22T14:48:05.120Z',
    boot: 'boot-1',
    mono: 1000 + seq,
    batch: seq,
    actor: { kind: 'plane', id: 'plane' },
    ref: { job: 'job_01HZY3T7Q2M8K4N6P9R5S1V0WX', fence: seq },
    salt: Buffer.alloc(16, seq),
    events: [{ type: 'job.submitted', body: { title: 'Grüße 🙂', note: 'x'.repeat(200) } }],
    ...over,
  };
}

/** A chain of entries `[from, from + count)`; each batch holds `batchSize` entries. */
export function chainOf(
  count: number,
  { from = 0, prev = ZERO_HASH, batchSize = 1, over = {} as Partial<EntryFields> } = {},
): Buffer[] {
  const lines: Buffer[] = [];
  let prevHash = prev;
  for (let seq = from; seq < from + count; seq++) {
    const batch = seq - ((seq - from) % batchSize);
    const { line, hash } = encodeEntry(entryFields(seq, { batch, ...over }), prevHash);
    lines.push(line);
    prevHash = hash;
  }
  return lines;
}

/** A directory that is removed by `remove`. */
export function tempDirectory(): { path: string; remove: () => void } {
  const path = mkdtempSync(`${tmpdir()}/ledger-`);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const ioError = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code });

/** Real files with a record of calls, and faults put in front: return a value to replace the call, or throw. */
export class FaultyOps implements FileOps {
  readonly calls: string[] = [];
  /** Bytes that the next write may take at most, then an error code or null for a short write; consumed one per write. */
  writeFaults: { limit: number; code: string | null }[] = [];
  failures: Partial<Record<'dataSync' | 'truncate' | 'syncDirectory' | 'open', string>> = {};

  open: FileOps['open'] = (path, flags) => {
    if (flags === 'wx+') this.#failIf('open');
    return realFileOps.open(path, flags);
  };
  close = realFileOps.close;
  read = realFileOps.read;
  sizeBytes = realFileOps.sizeBytes;
  list = realFileOps.list;
  makeDirectory = realFileOps.makeDirectory;
  rename = realFileOps.rename;
  remove = realFileOps.remove;
  write: FileOps['write'] = async (fd, source, offset, length, position) => {
    this.calls.push('write');
    const fault = this.writeFaults.shift();
    if (fault === undefined) return realFileOps.write(fd, source, offset, length, position);
    if (fault.code !== null && fault.limit === 0) throw ioError(fault.code);
    return realFileOps.write(fd, source, offset, Math.min(length, fault.limit), position);
  };
  dataSync: FileOps['dataSync'] = async (fd) => {
    this.calls.push('dataSync');
    this.#failIf('dataSync');
    await realFileOps.dataSync(fd);
    this.calls.push('dataSync done');
  };
  truncate: FileOps['truncate'] = async (fd, size) => {
    this.calls.push('truncate');
    this.#failIf('truncate');
    await realFileOps.truncate(fd, size);
  };
  syncDirectory: FileOps['syncDirectory'] = async (directory) => {
    this.calls.push('syncDirectory');
    this.#failIf('syncDirectory');
    await realFileOps.syncDirectory(directory);
  };

  #failIf(step: 'dataSync' | 'truncate' | 'syncDirectory' | 'open'): void {
    const code = this.failures[step];
    if (code !== undefined) throw ioError(code);
  }
}
