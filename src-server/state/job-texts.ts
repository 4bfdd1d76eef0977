import type { Database } from './database.ts';

/** Rows whose text is read and kept in one piece: that takes 2 to 3 ms. */
const BLOCK_ROWS = 2_048;
/** Stands between a text and the sequence of its job, and between lines; in a text each counts as a space. */
const BEFORE_SEQ = '\u001f';
const LINE_END = '\u001e';
const clean = (sql: string): string => `replace(replace(${sql}, char(31), ' '), char(30), ' ')`;
const READ = `SELECT group_concat(line, ''), min(seq), max(seq), count(*) FROM (
  SELECT seq, ${clean("wu_id || ' ' || title")} || char(31) || seq || char(30) AS line
  FROM job WHERE seq < ? AND seq >= ? ORDER BY seq DESC LIMIT ?)`;

/** Jobs that follow each other, newest first: a line for each. */
interface Block {
  newestSeq: number;
  oldestSeq: number;
  rows: number;
  /** Null once a job in it was edited. */
  text: string | null;
}

const fold = (text: string): string => text.toLowerCase();

/**
 * WU and title of every job in small letters, newest first, to find a text in 100,000 of them within a few milliseconds: SQLite
 * would take ten times as long, as it reads each row for it. Read as far as somebody searches, and kept; some 45 bytes a job.
 * Nothing is told to it: jobs are only added, and each edit stands in a table.
 */
export class JobTexts {
  private readonly blocks: Block[] = [];
  /** The oldest job is in a block. */
  private isWhole = false;
  private editedUpTo = -1;
  /** Somebody reads on and on, block by block. */
  private isReadAhead = false;

  private constructor(private readonly db: Database) {}

  /** The texts of a database; one that is given up takes them along. */
  static of(db: Database): JobTexts {
    let texts = KNOWN.get(db);
    if (texts === undefined) {
      texts = new JobTexts(db);
      KNOWN.set(db, texts);
    }
    return texts;
  }

  /**
   * Sequences of the jobs whose "WU title" has the text in it, newest first. To be read before anything changes.
   * @param text not empty
   */
  *find(text: string, belowSeq = Number.MAX_SAFE_INTEGER): Generator<number> {
    const wanted = fold(text).replaceAll(BEFORE_SEQ, ' ').replaceAll(LINE_END, ' ');
    this.catchUp();
    for (let at = 0; at < this.blocks.length || this.readOlder(); at++) {
      const block = this.blocks[at] as Block;
      if (block.oldestSeq >= belowSeq) continue;
      for (const seq of seqsIn(this.textOf(block), wanted)) if (seq < belowSeq) yield seq;
    }
  }

  /** Reads one more block of older jobs. @returns false when there are none. */
  readOlder(): boolean {
    if (this.isWhole) return false;
    const below = this.blocks.at(-1)?.oldestSeq ?? Number.MAX_SAFE_INTEGER;
    const block = this.read(below, 0);
    this.isWhole = block === null;
    if (block !== null) this.blocks.push(block);
    return block !== null;
  }

  /**
   * Reads all that is not read yet, a block each time that `soon` calls back, so that other work goes on in between; a search then
   * waits for none of it.
   */
  readAhead(soon: (run: () => void) => void): void {
    if (this.isReadAhead) return;
    this.isReadAhead = true;
    const next = (): void => {
      // The database may be given up meanwhile.
      this.isReadAhead = !this.db.isClosed && this.readOlder();
      if (this.isReadAhead) soon(next);
    };
    soon(next);
  }

  /** Takes in what was submitted and edited since. */
  private catchUp(): void {
    const edited = this.db.all('SELECT job_seq, spec_seq FROM job_edit WHERE spec_seq > ?', [this.editedUpTo]);
    for (const [jobSeq, specSeq] of edited as [number, number][]) {
      this.editedUpTo = Math.max(this.editedUpTo, specSeq);
      const block = this.blocks.find(({ newestSeq, oldestSeq }) => oldestSeq <= jobSeq && jobSeq <= newestSeq);
      if (block !== undefined) block.text = null;
    }
    const newest = this.blocks[0];
    if (newest === undefined) {
      // What was looked for before the first job.
      this.isWhole = false;
      return;
    }
    const fresh: Block[] = [];
    for (let below = Number.MAX_SAFE_INTEGER; ; ) {
      const block = this.read(below, newest.newestSeq + 1);
      if (block === null) break;
      fresh.push(block);
      below = block.oldestSeq;
    }
    const [one] = fresh;
    if (one === undefined) return;
    if (fresh.length > 1 || newest.text === null || newest.rows + one.rows > 2 * BLOCK_ROWS)
      this.blocks.unshift(...fresh);
    else {
      newest.text = one.text + newest.text;
      newest.rows += one.rows;
      newest.newestSeq = one.newestSeq;
    }
  }

  private textOf(block: Block): string {
    block.text ??= this.read(block.newestSeq + 1, block.oldestSeq, block.rows)?.text ?? '';
    return block.text;
  }

  private read(belowSeq: number, fromSeq: number, rows = BLOCK_ROWS): Block | null {
    const [text, oldestSeq, newestSeq, count] = this.db.get(READ, [belowSeq, fromSeq, rows]) as [
      string,
      number,
      number,
      number,
    ];
    return count === 0 ? null : { text: fold(text), oldestSeq, newestSeq, rows: count };
  }
}

const KNOWN = new WeakMap<Database, JobTexts>();

/** Sequences of the lines of a block that have `wanted` in their text. */
function* seqsIn(block: string, wanted: string): Generator<number> {
  for (let at = block.indexOf(wanted); at !== -1; ) {
    const lineEnd = block.indexOf(LINE_END, at);
    const textEnd = block.lastIndexOf(BEFORE_SEQ, lineEnd);
    // Digits may also be found in the sequence.
    const isInText = at + wanted.length <= textEnd;
    if (isInText) yield Number(block.slice(textEnd + 1, lineEnd));
    at = block.indexOf(wanted, isInText ? lineEnd + 1 : at + 1);
  }
}
