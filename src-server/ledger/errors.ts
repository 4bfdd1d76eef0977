import { ENTRY_LIMIT_BYTES } from '../contract/limits.ts';

/** Codes of a refused append. `storage.full` leaves the log usable; `storage.failed` is for ever (until a new open). */
export type LogErrorCode = 'conflict.expected_seq' | 'storage.full' | 'storage.failed';

/** An append, or another write below the data directory, that did not happen. None of its entries is acknowledged. */
export class LogError extends Error {
  constructor(
    readonly code: LogErrorCode,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(`${code}: ${detail}`, options);
    this.name = 'LogError';
  }
}

/** A line that is not an entry, or fields that cannot become one. */
export class EntryError extends Error {
  constructor(
    readonly code: 'entry.malformed' | 'entry.too_large' | 'schema.newer',
    detail: string,
  ) {
    super(`${code}: ${detail}`);
    this.name = 'EntryError';
  }
}

/** An entry has a limit, so that whoever reads one has one. */
export const entryTooLarge = (sizeBytes: number): EntryError =>
  new EntryError('entry.too_large', `${sizeBytes} bytes, the limit is ${ENTRY_LIMIT_BYTES}`);

/** The log holds an entry that is not what was written, and it is not a torn tail. The directory was not changed. */
export class LedgerDamagedError extends Error {
  readonly code = 'ledger.damaged';
  /** @param seq the first damaged or missing entry. */
  constructor(
    readonly seq: number,
    readonly reason: string,
  ) {
    super(`ledger.damaged: entry ${seq}: ${reason}`);
    this.name = 'LedgerDamagedError';
  }
}

/** The log ends below a seq that is known to have been durable: this is an older copy. */
export class LedgerRolledBackError extends Error {
  readonly code = 'ledger.rolled_back';
  /**
   * @param nextSeq number of entries that are there.
   * @param atLeastSeq number of entries that were durable once.
   */
  constructor(
    readonly nextSeq: number,
    readonly atLeastSeq: number,
  ) {
    super(`ledger.rolled_back: the log holds ${nextSeq} entries, but ${atLeastSeq} were durable once`);
    this.name = 'LedgerRolledBackError';
  }
}

/** The log is as long as it has to be, but its first entries are not those whose head was signed: another history. */
export class LedgerForkedError extends Error {
  readonly code = 'ledger.rolled_back';
  /** @param size number of entries that the signed head covered. */
  constructor(readonly size: number) {
    super(`ledger.rolled_back: the first ${size} entries are not those whose head was signed before`);
    this.name = 'LedgerForkedError';
  }
}

/** The log was written by a newer version of the program; nothing was changed. */
export class SchemaNewerError extends Error {
  readonly code = 'schema.newer';
  constructor(
    readonly seq: number,
    detail: string,
  ) {
    super(`schema.newer: entry ${seq}: ${detail}`);
    this.name = 'SchemaNewerError';
  }
}

/** Another live process works on this data directory. */
export class DirectoryLockedError extends Error {
  readonly code = 'directory.locked';
  /** @param pid the owner's process id. */
  constructor(
    readonly pid: number,
    readonly path: string,
  ) {
    super(`directory.locked: process ${pid} holds ${path}`);
    this.name = 'DirectoryLockedError';
  }
}
