import { createHash } from 'node:crypto';
import type { Batch } from './batch.ts';
import { NeedleAutomaton } from './needle-automaton.ts';
import type { OnFound } from './needle-search.ts';

/** How credentials and tokens of a control plane begin: runtime, session, pool, operator, workspace key. */
const PREFIXES = ['cce_', 'ccs_', 'ccp_', 'cco_', 'lf_'];
/** Letters and digits after the prefix of a real one. */
const BODY_LENGTH = 38;
/** One that is cut short is hidden too. */
const BODY_MIN = 20;
const BODY_LIMIT = 64;
/** Base64 of a whole credential at any offset, and a little. */
const BASE64_LIMIT = 100;

/** Takes the SHA-256 in hex of what was found, so that the plane can tell whether it is alive. */
export type OnCredential = (sha256: string) => void;

const isLetterOrDigit = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a);
const isBase64 = (byte: number): boolean => isLetterOrDigit(byte) || byte === 0x2b || byte === 0x2f;

/** What is the same in both searches: a known beginning, then a run of bytes of one kind. */
abstract class RunSearch {
  #state = 0;
  /** The last bytes of the view and where they begin in the stream, one more than a beginning has. */
  readonly #bytes: Uint8Array;
  readonly #starts: Float64Array;
  #count = 0;
  #run: number[] | null = null;
  #runStart = 0;
  #runEnd = 0;
  #before = 0;

  constructor(
    private readonly beginnings: NeedleAutomaton,
    private readonly limit: number,
  ) {
    this.#bytes = new Uint8Array(beginnings.longest + 1);
    this.#starts = new Float64Array(beginnings.longest + 1);
  }

  protected abstract belongs(byte: number): boolean;
  /** The run is over. `before` is the byte in front of its beginning, 0 at the start. */
  protected abstract judge(text: string, start: number, end: number, before: number): void;

  take = ({ bytes, starts, ends, length }: Batch): void => {
    for (let at = 0; at < length; at += 1) this.#push(bytes[at] as number, starts[at] as number, ends[at] as number);
  };

  #push(byte: number, start: number, end: number): void {
    if (this.#run !== null) {
      if (this.#run.length < this.limit && this.belongs(byte)) {
        this.#run.push(byte);
        this.#runEnd = end;
        return;
      }
      this.finish();
    }
    const at = this.#count % this.#bytes.length;
    this.#bytes[at] = byte;
    this.#starts[at] = start;
    this.#count += 1;
    this.#state = this.beginnings.step(this.#state, byte);
    if (this.#state === 0) return;
    const matched = this.beginnings.matchedBytes(this.#state);
    if (matched > 0) this.#begin(matched, end);
  }

  pendingStart(): number {
    if (this.#run !== null) return this.#runStart;
    const pending = this.beginnings.pendingBytes(this.#state);
    return pending === 0 ? Number.POSITIVE_INFINITY : (this.#starts[this.#at(pending)] as number);
  }

  /** Judges what there is: the run ended, or the stream did. */
  finish(): void {
    if (this.#run === null) return;
    const text = Buffer.from(this.#run).toString('latin1');
    this.#run = null;
    this.judge(text, this.#runStart, this.#runEnd, this.#before);
  }

  /** Place of the byte that came `back` bytes ago; 1 is the last. */
  #at(back: number): number {
    return (this.#count - back) % this.#bytes.length;
  }

  #begin(matched: number, end: number): void {
    this.#run = Array.from({ length: matched }, (_, at) => this.#bytes[this.#at(matched - at)] as number);
    this.#runStart = this.#starts[this.#at(matched)] as number;
    this.#runEnd = end;
    this.#before = this.#count > matched ? (this.#bytes[this.#at(matched + 1)] as number) : 0;
    this.#state = 0;
  }
}

const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
const PLAIN = new NeedleAutomaton(PREFIXES.map((prefix) => Buffer.from(prefix)));

/** Finds credentials that stand in the text as they are, whoever put them there. */
export class CredentialSearch extends RunSearch {
  constructor(
    private readonly onFound: OnFound,
    private readonly onCredential: OnCredential,
  ) {
    super(PLAIN, BODY_LIMIT);
  }

  protected belongs(byte: number): boolean {
    return isLetterOrDigit(byte);
  }

  protected judge(text: string, start: number, end: number, before: number): void {
    const body = text.slice(text.indexOf('_') + 1);
    // "self_…" and "half_…" are words, "lf_" at the start of one is a key.
    const isWord = text.startsWith('lf_') && isLetterOrDigit(before);
    if (body.length < BODY_MIN || isWord) return;
    this.onFound(start, end);
    this.onCredential(sha256Of(text.slice(0, text.length - body.length + BODY_LENGTH)));
  }
}

/** The characters that base64 of a prefix always begins with, for each offset in a group of three bytes. */
function base64Beginnings(): Map<string, { prefix: string; offset: number }> {
  const found = new Map<string, { prefix: string; offset: number }>();
  for (const prefix of PREFIXES) {
    if (prefix.length < 4) continue;
    for (const offset of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(prefix)]).toString('base64');
      const first = Math.ceil((offset * 8) / 6);
      found.set(text.slice(first, Math.floor(((offset + prefix.length) * 8) / 6)), { prefix, offset });
    }
  }
  return found;
}
const BASE64_BEGINNINGS = base64Beginnings();
const BASE64 = new NeedleAutomaton([...BASE64_BEGINNINGS.keys()].map((text) => Buffer.from(text)));

/** Finds credentials in base64, which the views fold to one alphabet. A workspace key is too short a beginning for this. */
export class EncodedCredentialSearch extends RunSearch {
  constructor(
    private readonly onFound: OnFound,
    private readonly onCredential: OnCredential,
  ) {
    super(BASE64, BASE64_LIMIT);
  }

  protected belongs(byte: number): boolean {
    return isBase64(byte);
  }

  protected judge(text: string, start: number, end: number): void {
    for (const [beginning, { prefix, offset }] of BASE64_BEGINNINGS) {
      if (!text.startsWith(beginning)) continue;
      const group = 'A'.repeat(Math.ceil((offset * 8) / 6)) + text;
      const decoded = Buffer.from(group, 'base64')
        .subarray(offset + prefix.length)
        .toString('latin1');
      const body = /^[0-9A-Za-z]+/.exec(decoded)?.[0] ?? '';
      if (body.length < BODY_MIN) continue;
      this.onFound(start, end);
      this.onCredential(sha256Of(prefix + body.slice(0, BODY_LENGTH)));
      return;
    }
  }
}
