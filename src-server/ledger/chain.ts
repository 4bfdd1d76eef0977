import { decodeEntry, ENTRY_VERSION, type Entry, type ParsedLine } from './entry.ts';
import { EntryError } from './errors.ts';
import { sha256Hex, ZERO_HASH } from './hashing.ts';
import type { LogEntry } from './log-port.ts';

export interface ChainFault {
  /** The entry that is damaged, as far as the neighbours can tell. */
  seq: number;
  kind: 'damaged' | 'newer';
  reason: string;
}

const PREV = ',"prev":"';
const SALT = '","salt":"';
/** `","events":[` stands this far behind the hash: the salt has 32 hexadecimal digits. */
const EVENTS_AFTER_PREV = SALT.length + 32;
/** The envelope up to `events` is short unless `ref` is unusual; then the slow path decides. */
const HEAD_BYTES = 768;

/**
 * Checks seq and `prev` of entries in order, one line at a time, so that a caller can stop and go on.
 *
 * A line is parsed only where its bytes are not vouched for: the hash in the next entry confirms every line but the
 * last, so it is enough to find `seq` and `prev` at their places, and to parse the last line and whatever looks wrong.
 *
 * When `prev` does not match, either that entry or the one before was changed. The entry after decides: when it
 * confirms this one, the one before is the damaged one. Without an entry after, the one before is named, because
 * trusting it would accept a change unnoticed.
 */
export class ChainVerifier {
  #nextSeq: number;
  #headHash: string | null;
  #firstPrev: string | null = null;
  #lastLine: Buffer | null = null;
  #suspect: { seq: number; hash: string } | null = null;
  #fault: ChainFault | null = null;

  /**
   * @param firstSeq seq of the first line that will be pushed.
   * @param prevHash hash of the line before it; null when it is not known (the first `prev` is then taken as it is).
   */
  constructor(firstSeq: number, prevHash: string | null = firstSeq === 0 ? ZERO_HASH : null) {
    this.#nextSeq = firstSeq;
    this.#headHash = prevHash;
  }

  /** Number of the line that is expected next. */
  get nextSeq(): number {
    return this.#nextSeq;
  }
  /** Hash of the last good line; null when nothing was pushed and the hash before was not known. */
  get headHash(): string | null {
    return this.#headHash;
  }
  /** `prev` of the first line, for the segment before; null when there was none. */
  get firstPrev(): string | null {
    return this.#firstPrev;
  }

  /**
   * Takes the next line. False when a fault was found: no more lines are needed.
   * @param parsed the same line, where somebody has parsed it already.
   */
  push(line: Buffer, parsed: ParsedLine | null = null): boolean {
    if (this.#fault !== null) return false;
    if (this.#suspect !== null) {
      this.#fault = this.#blame(this.#suspect, line);
      return false;
    }
    if (this.#headHash === null || !isLinked(parsed ?? line, this.#nextSeq, this.#headHash)) {
      if (!this.#inspect(line)) return this.#suspect !== null;
    }
    this.#firstPrev ??= this.#headHash;
    this.#headHash = sha256Hex(line);
    this.#lastLine = line;
    this.#nextSeq++;
    return true;
  }

  /** Ends the input: parses the last line, which no later one confirms. Null when everything holds. */
  finish(): ChainFault | null {
    if (this.#suspect !== null) {
      this.#fault ??= this.#blame(this.#suspect, null);
    } else if (this.#lastLine !== null) {
      // Also before a fault: the line that could have confirmed the last good one is gone.
      const entry = tryDecode(this.#lastLine);
      if (entry instanceof EntryError) this.#fault = faultOf(this.#nextSeq - 1, entry);
    }
    return this.#fault;
  }

  /** The slow path: a full parse says what is wrong. True when the line is good after all. */
  #inspect(line: Buffer): boolean {
    const seq = this.#nextSeq;
    const entry = tryDecode(line);
    if (entry instanceof EntryError) {
      this.#fault = faultOf(seq, entry);
    } else if (entry.seq !== seq) {
      this.#fault = { seq, kind: 'damaged', reason: `the line at its place says it is entry ${entry.seq}` };
    } else if (this.#headHash === null) {
      this.#firstPrev = entry.prev;
      return true;
    } else if (entry.prev !== this.#headHash) {
      this.#suspect = { seq, hash: sha256Hex(line) };
    } else {
      return true;
    }
    return false;
  }

  #blame(suspect: { seq: number; hash: string }, after: Buffer | null): ChainFault {
    const next = after === null ? null : tryDecode(after);
    const isSuspectConfirmed = next === null || next instanceof EntryError || next.prev === suspect.hash;
    if (isSuspectConfirmed && suspect.seq > 0) {
      return { seq: suspect.seq - 1, kind: 'damaged', reason: 'its hash is not the one that the next entry holds' };
    }
    return { seq: suspect.seq, kind: 'damaged', reason: 'prev is not the hash of the entry before' };
  }
}

/**
 * Verifies a stream of entries from start to end.
 * @param entries in order, the first with seq `firstSeq`.
 * @param prevHash hash of the entry before; left out for seq 0 (zeros) or when it is not known.
 * @returns number of good entries + firstSeq, the head hash (null after a fault or when unknown), and the fault.
 */
export function verifyChain(
  entries: Iterable<LogEntry>,
  firstSeq = 0,
  prevHash?: string,
): { nextSeq: number; headHash: string | null; fault: ChainFault | null } {
  const verifier = new ChainVerifier(firstSeq, prevHash);
  for (const { line } of entries) {
    if (!verifier.push(line)) break;
  }
  const fault = verifier.finish();
  return { nextSeq: fault?.seq ?? verifier.nextSeq, headHash: fault === null ? verifier.headHash : null, fault };
}

/** Whether a line is entry `seq` and names the given hash. */
const isLinked = (line: Buffer | ParsedLine, seq: number, prevHash: string): boolean =>
  Buffer.isBuffer(line)
    ? beginsLinked(line, seq, prevHash)
    : line.v === ENTRY_VERSION && line.seq === seq && line.prev === prevHash;

/** Whether the line begins as entry `seq` and its `prev` (the member before `salt` and `events`) is the given hash. */
function beginsLinked(line: Buffer, seq: number, prevHash: string): boolean {
  const head = line.toString('latin1', 0, HEAD_BYTES);
  if (!head.startsWith(`{"v":1,"seq":${seq},`)) return false;
  // A member of `ref` that looks alike would be found first: then the slow path decides.
  const start = head.indexOf(PREV) + PREV.length;
  return (
    head.startsWith(prevHash, start) &&
    head.startsWith(SALT, start + prevHash.length) &&
    // `ref` holds no array, so this cannot be within it.
    head.startsWith('","events":[', start + prevHash.length + EVENTS_AFTER_PREV)
  );
}

function tryDecode(line: Buffer): Entry | EntryError {
  try {
    return decodeEntry(line);
  } catch (error) {
    if (error instanceof EntryError) return error;
    throw error;
  }
}

function faultOf(seq: number, error: EntryError): ChainFault {
  return { seq, kind: error.code === 'schema.newer' ? 'newer' : 'damaged', reason: error.message };
}
