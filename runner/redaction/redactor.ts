import { addTo, BATCH_BYTES, newBatch, type Sink, toAll } from './batch.ts';
import { CredentialSearch, EncodedCredentialSearch, type OnCredential } from './credential-shape.ts';
import { NeedleAutomaton } from './needle-automaton.ts';
import { NeedleSearch } from './needle-search.ts';
import { formsOf, type Secret } from './secret-forms.ts';
import { BASE64_FOLD, FoldedView, HEX_FOLD, JsonView, PercentView, type View, VisibleView } from './views.ts';

/** What stands in the place of a secret. */
export const MARKER = Buffer.from('[redacted]');
/** A stream that ends in the middle of a secret gives no more of it away than this. */
const START_SHOWN_BYTES = 7;

/** What is looked for in one attempt's output: built once, used by any number of streams. */
export class RedactionRules {
  readonly plain: NeedleAutomaton;
  readonly unbroken: NeedleAutomaton;
  readonly formEncoded: NeedleAutomaton;
  readonly base64: NeedleAutomaton;
  readonly hex: NeedleAutomaton;
  readonly hasSecrets: boolean;

  constructor(secrets: readonly Secret[]) {
    const forms = formsOf(secrets.map(({ value }) => value));
    this.hasSecrets = secrets.length > 0;
    this.plain = new NeedleAutomaton(forms.plain);
    this.unbroken = new NeedleAutomaton(forms.unbroken);
    this.formEncoded = new NeedleAutomaton([...forms.unbroken, ...forms.formEncoded]);
    this.base64 = new NeedleAutomaton(forms.base64);
    this.hex = new NeedleAutomaton(forms.hex);
  }
}

interface Hidden {
  start: number;
  end: number;
}

/**
 * Redacts one stream. What might be the beginning of a secret is held back until it is known, so a secret is found
 * wherever it is cut; everything else passes at once.
 */
export class Redactor {
  #redactions = 0;
  readonly #batch = newBatch();
  readonly #entry: Sink[] = [];
  readonly #views: View[] = [];
  readonly #needles: NeedleSearch[] = [];
  readonly #runs: (CredentialSearch | EncodedCredentialSearch)[] = [];
  #held: Buffer = Buffer.alloc(0);
  /** Offset in the stream of the first held byte. */
  #heldStart = 0;
  #end = 0;
  #hidden: Hidden[] = [];
  /** Up to here a marker has been written already. */
  #markedTo = -1;

  constructor(rules: RedactionRules, onCredential: OnCredential = () => undefined) {
    const toVisible: Sink[] = [];
    const searches = (automaton: NeedleAutomaton): Sink => {
      const search = new NeedleSearch(automaton, this.#hide);
      this.#needles.push(search);
      return search.take;
    };
    const view = (made: View): Sink => {
      this.#views.push(made);
      return made.take;
    };
    const plain = new CredentialSearch(this.#hide, onCredential);
    const encoded = new EncodedCredentialSearch(this.#hide, onCredential);
    this.#runs.push(plain, encoded);
    toVisible.push(plain.take);
    const toBase64: Sink[] = [encoded.take];
    if (rules.hasSecrets) {
      this.#entry.push(searches(rules.plain));
      toVisible.push(searches(rules.unbroken));
      toVisible.push(view(new FoldedView(HEX_FOLD, searches(rules.hex))));
      toVisible.push(view(new PercentView(searches(rules.formEncoded))));
      toVisible.push(view(new JsonView(searches(rules.unbroken))));
      toBase64.push(searches(rules.base64));
    }
    toVisible.push(view(new FoldedView(BASE64_FOLD, toAll(toBase64))));
    this.#entry.push(view(new VisibleView(toAll(toVisible))));
  }

  /** How many places were hidden so far. */
  get redactions(): number {
    return this.#redactions;
  }

  /** Takes bytes; returns what may leave now. */
  push(bytes: Uint8Array): Buffer {
    this.#held = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes]);
    for (let at = 0; at < bytes.length; at += BATCH_BYTES) this.#look(bytes.subarray(at, at + BATCH_BYTES));
    return this.#take(Math.min(this.#end, this.#pendingStart()));
  }

  /**
   * The stream is over; returns the rest.
   * @param hideStarts hides also a longer beginning of a secret, as a job leaves it that was ended while it wrote.
   */
  end(hideStarts = true): Buffer {
    for (const run of this.#runs) run.finish();
    if (hideStarts) {
      for (const needle of this.#needles) {
        if (needle.pendingBytes() > START_SHOWN_BYTES) this.#hide(needle.pendingStart(), this.#end);
      }
    }
    return this.#take(this.#end);
  }

  #look(bytes: Uint8Array): void {
    this.#batch.length = 0;
    for (let at = 0; at < bytes.length; at += 1)
      addTo(this.#batch, bytes[at] as number, this.#end + at, this.#end + at + 1);
    this.#end += bytes.length;
    for (const sink of this.#entry) sink(this.#batch);
  }

  #pendingStart(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const each of this.#views) earliest = Math.min(earliest, each.pendingStart());
    for (const each of this.#needles) earliest = Math.min(earliest, each.pendingStart());
    for (const each of this.#runs) earliest = Math.min(earliest, each.pendingStart());
    return earliest;
  }

  #hide = (start: number, end: number): void => {
    this.#hidden.push({ start: Math.max(start, this.#heldStart), end });
  };

  /** Lets go of everything before `to`, with markers in the place of what is hidden. */
  #take(to: number): Buffer {
    const parts: Buffer[] = [];
    let at = this.#heldStart;
    const kept: Hidden[] = [];
    for (const { start, end } of merged(this.#hidden)) {
      if (start >= to) {
        kept.push({ start, end });
        continue;
      }
      if (start > at) parts.push(this.#held.subarray(at - this.#heldStart, start - this.#heldStart));
      if (start !== this.#markedTo) {
        parts.push(MARKER);
        this.#redactions += 1;
      }
      at = Math.min(end, to);
      this.#markedTo = at;
      if (end > to) kept.push({ start: to, end });
    }
    if (at < to) parts.push(this.#held.subarray(at - this.#heldStart, to - this.#heldStart));
    this.#hidden = kept;
    this.#held = this.#held.subarray(to - this.#heldStart);
    this.#heldStart = to;
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }
}

function merged(ranges: Hidden[]): Hidden[] {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  const joined: Hidden[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end);
    else joined.push({ ...range });
  }
  return joined;
}

/** A whole text in one go, by a redactor of its own, which afterwards knows how many places it hid. */
export function redactWhole(text: string, redactor: Redactor): string {
  return Buffer.concat([redactor.push(Buffer.from(text)), redactor.end(false)]).toString('utf8');
}

/** A short text in one go: a path, a line for people. */
export const redactText = (text: string, rules: RedactionRules): string => redactWhole(text, new Redactor(rules));
