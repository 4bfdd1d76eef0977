import { addTo, type Batch, newBatch, type Sink } from './batch.ts';

/** A way of looking at a stream. `pendingStart` is where bytes begin that are read but not passed on; Infinity for none. */
export interface View {
  take: Sink;
  pendingStart(): number;
}

const ESC = 0x1b;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const PERCENT = 0x25;
const BACKSLASH = 0x5c;
/** A control sequence longer than this is none. */
const SEQUENCE_LIMIT = 64;

/** Passes on what a person would see: without ANSI control sequences and line ends. */
export class VisibleView implements View {
  #state: 'text' | 'escape' | 'sequence' = 'text';
  #length = 0;
  readonly #out = newBatch();

  constructor(private readonly sink: Sink) {}

  take = ({ bytes, starts, ends, length }: Batch): void => {
    this.#out.length = 0;
    for (let at = 0; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (this.#isShown(byte)) addTo(this.#out, byte, starts[at] as number, ends[at] as number);
    }
    this.sink(this.#out);
  };

  /** A control sequence in progress belongs to no secret unless one began before it, which is pending elsewhere. */
  pendingStart(): number {
    return Number.POSITIVE_INFINITY;
  }

  #isShown(byte: number): boolean {
    if (this.#state === 'escape') {
      this.#length = 0;
      // Only control sequences vanish; what an operating system command carries (a link, a title) is looked at as text.
      this.#state = byte === 0x5b ? 'sequence' : 'text';
      return false;
    }
    if (this.#state === 'sequence') {
      this.#length += 1;
      if (byte >= 0x20 && byte < 0x40 && this.#length < SEQUENCE_LIMIT) return false;
      this.#state = 'text';
      if (byte >= 0x40 && byte <= 0x7e) return false;
    }
    if (byte === ESC) this.#state = 'escape';
    return byte !== ESC && byte !== NEWLINE && byte !== RETURN;
  }
}

/** Passes bytes on through a table; a 0 in it drops the byte. */
export class FoldedView implements View {
  readonly #out = newBatch();

  constructor(
    private readonly table: Uint8Array,
    private readonly sink: Sink,
  ) {}

  take = ({ bytes, starts, ends, length }: Batch): void => {
    this.#out.length = 0;
    for (let at = 0; at < length; at += 1) {
      const folded = this.table[bytes[at] as number] as number;
      if (folded !== 0) addTo(this.#out, folded, starts[at] as number, ends[at] as number);
    }
    this.sink(this.#out);
  };

  pendingStart(): number {
    return Number.POSITIVE_INFINITY;
  }
}

function tableOf(change: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => change(byte));
}
/** base64url as base64. */
export const BASE64_FOLD = tableOf((byte) => (byte === 0x2d ? 0x2b : byte === 0x5f ? 0x2f : byte));
/** Lower case, without the blanks and colons that stand between the bytes of a dump. */
export const HEX_FOLD = tableOf((byte) => {
  if (byte === 0x20 || byte === 0x3a) return 0;
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
});

const hexValue = (byte: number): number => {
  const value = Number.parseInt(String.fromCharCode(byte), 16);
  return Number.isNaN(value) ? -1 : value;
};

/** A stream of escapes: what begins like one is held until it is whole, then passed on decoded or as it was. */
abstract class EscapeView implements View {
  readonly #held: { byte: number; start: number; end: number }[] = [];
  readonly #out = newBatch();

  constructor(
    private readonly opener: number,
    private readonly sink: Sink,
  ) {}

  /** Bytes of a whole escape; null when it needs more, undefined when it is none. */
  protected abstract decode(held: readonly number[]): readonly number[] | null | undefined;

  take = ({ bytes, starts, ends, length }: Batch): void => {
    this.#out.length = 0;
    for (let at = 0; at < length; at += 1) this.#push(bytes[at] as number, starts[at] as number, ends[at] as number);
    this.sink(this.#out);
  };

  pendingStart(): number {
    return this.#held[0]?.start ?? Number.POSITIVE_INFINITY;
  }

  #push(byte: number, start: number, end: number): void {
    if (this.#held.length === 0 && byte !== this.opener) {
      addTo(this.#out, byte, start, end);
      return;
    }
    this.#held.push({ byte, start, end });
    const decoded = this.decode(this.#held.map((each) => each.byte));
    if (decoded === null) return;
    const held = this.#held.splice(0);
    const first = held[0] as { byte: number; start: number; end: number };
    if (decoded !== undefined) {
      // Line ends are left out here as in the view before.
      for (const each of decoded) if (each !== NEWLINE && each !== RETURN) addTo(this.#out, each, first.start, end);
      return;
    }
    addTo(this.#out, first.byte, first.start, first.end);
    for (const each of held.slice(1)) this.#push(each.byte, each.start, each.end);
  }
}

/** Percent-encoding undone, whichever bytes it was used for. */
export class PercentView extends EscapeView {
  constructor(sink: Sink) {
    super(PERCENT, sink);
  }

  protected decode(held: readonly number[]): readonly number[] | null | undefined {
    const digits = held.slice(1).map(hexValue);
    if (digits.includes(-1)) return undefined;
    return digits.length < 2 ? null : [(digits[0] as number) * 16 + (digits[1] as number)];
  }
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Escapes of JSON strings undone, the pairs of \u that make one character included. */
export class JsonView extends EscapeView {
  constructor(sink: Sink) {
    super(BACKSLASH, sink);
  }

  protected decode(held: readonly number[]): readonly number[] | null | undefined {
    const text = String.fromCharCode(...held);
    if (text.length === 1) return null;
    const short = SHORT_ESCAPES[text[1] as string];
    if (short !== undefined) return [...Buffer.from(short)];
    if (!/^\\u[0-9a-fA-F]{0,4}(\\(u[0-9a-fA-F]{0,4})?)?$/.test(text)) return undefined;
    if (text.length < 6) return null;
    const unit = Number.parseInt(text.slice(2, 6), 16);
    const isHigh = unit >= 0xd800 && unit < 0xdc00;
    if (!isHigh) return [...Buffer.from(String.fromCharCode(unit))];
    if (text.length < 12) return null;
    return [...Buffer.from(String.fromCharCode(unit, Number.parseInt(text.slice(8, 12), 16)))];
  }
}
