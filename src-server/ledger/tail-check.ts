import { type ChainFault, ChainVerifier } from './chain.ts';
import { decodeEntry, type ParsedLine, parseLine } from './entry.ts';
import { EntryError, LedgerDamagedError, SchemaNewerError } from './errors.ts';
import { LineIndex } from './line-index.ts';
import type { LogEntry } from './log-port.ts';
import type { SegmentStore } from './segment-store.ts';

/** What a torn tail loses. Byte and line counts for `integrity.checked`. */
export interface CutReport {
  cut_bytes: number;
  cut_lines: number;
}

/**
 * Hears of each entry, in order, once the chain behind it holds. The bytes are its own only until it returns.
 * @param parsed the line, where it was parsed.
 */
export type OnVerified = (seq: number, line: Buffer, parsed: ParsedLine | null) => void;
const ignore: OnVerified = () => undefined;

interface ReadLine extends LogEntry {
  parsed: ParsedLine | null;
}

export interface TailCheck {
  /** Lines of the newest segment, without a torn tail. */
  index: LineIndex;
  /** `prev` of the first verified entry, for the segment before. */
  firstPrev: string | null;
  /** The torn tail, which begins at `index.endBytes` of the newest segment. */
  torn: CutReport | null;
  damage: LedgerDamagedError | null;
}

/**
 * Verifies the segments from `position` to the newest one fully, and decides whether damage is a torn tail.
 *
 * A power cut may keep a later page and lose an earlier one, but only within the last batch, as each batch is synced
 * before the next is written. So damage at seq s is a torn tail when it is in the newest segment and no readable line
 * behind it belongs to a batch that begins after s. All else is damage, and is left alone.
 * @param onVerified hears of the entries that stay: all of them, unless there is damage.
 * @param parsesFrom entries from this one on are parsed once, for the check and for who hears of them.
 * @throws SchemaNewerError when an entry is of a newer version, and whatever `onVerified` throws.
 */
export function checkTail(
  store: SegmentStore,
  position: number,
  onVerified: OnVerified = ignore,
  parsesFrom = Number.POSITIVE_INFINITY,
): TailCheck {
  const { segments } = store;
  const newest = segments.at(-1)!;
  const { index, verifier, gap, unconfirmed } = verifyLines(store, position, onVerified, parsesFrom);
  const fault = verifier.finish() ?? gap;
  const { firstPrev } = verifier;
  let torn: CutReport | null = null;
  if (fault !== null) {
    if (fault.kind === 'newer') throw new SchemaNewerError(fault.seq, fault.reason);
    const line = fault.seq - newest.firstSeq;
    torn = line < 0 ? null : measureTornTail(store, fault.seq, index.offset(line));
    if (torn === null) return { index, firstPrev, torn, damage: new LedgerDamagedError(fault.seq, fault.reason) };
    index.truncate(line);
  }
  if (unconfirmed !== null && unconfirmed.seq !== fault?.seq)
    onVerified(unconfirmed.seq, unconfirmed.line, unconfirmed.parsed);
  return { index, firstPrev, torn, damage: null };
}

/** Pushes all lines to a verifier, and tells what it cannot see: segments that do not meet, a line without an end. */
function verifyLines(
  store: SegmentStore,
  position: number,
  onVerified: OnVerified,
  parsesFrom: number,
): { index: LineIndex; verifier: ChainVerifier; gap: ChainFault | null; unconfirmed: ReadLine | null } {
  const { segments } = store;
  const verifier = new ChainVerifier(segments[position]!.firstSeq);
  let index = new LineIndex();
  let gap: ChainFault | null = null;
  /** The newest good line: the next one that links to it confirms it. */
  let unconfirmed: ReadLine | null = null;
  for (let p = position; p < segments.length; p++) {
    const { firstSeq } = segments[p]!;
    if (p > position && verifier.nextSeq !== firstSeq) {
      gap ??= damaged(Math.min(verifier.nextSeq, firstSeq - 1), 'its segment and the next do not meet');
    }
    index = new LineIndex();
    // Of the lines only the newest one is kept, until the next confirms it.
    for (const { line, isTerminated } of store.linesOf(p, 0, undefined, true)) {
      if (!isTerminated) {
        gap ??= damaged(firstSeq + index.length, 'it has no newline');
        break;
      }
      // Lines behind a fault are counted too: a read-only open can reach them.
      index.push(line.length + 1);
      if (gap !== null) continue;
      const seq = verifier.nextSeq;
      const parsed = seq >= parsesFrom ? parseLine(line) : null;
      if (!verifier.push(line, parsed) || verifier.nextSeq === seq) continue;
      if (unconfirmed !== null) onVerified(unconfirmed.seq, unconfirmed.line, unconfirmed.parsed);
      unconfirmed = { seq, line, parsed };
    }
  }
  return { index, verifier, gap, unconfirmed };
}

function damaged(seq: number, reason: string): ChainFault {
  return { seq, kind: 'damaged', reason };
}

/** Size of what stands from `offset` on, or null when a readable line there shows that `seq` was synced once. */
function measureTornTail(store: SegmentStore, seq: number, offset: number): CutReport | null {
  const report: CutReport = { cut_bytes: 0, cut_lines: 0 };
  for (const { line, isTerminated } of store.linesOf(store.segments.length - 1, offset)) {
    report.cut_lines++;
    report.cut_bytes += line.length + (isTerminated ? 1 : 0);
    try {
      if (decodeEntry(line).batch > seq) return null;
    } catch (error) {
      if (!(error instanceof EntryError)) throw error;
      if (error.code === 'schema.newer') throw new SchemaNewerError(seq, error.message);
    }
  }
  return report;
}
