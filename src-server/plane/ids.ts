import { ID_PREFIXES, type IdKind } from '../contract/ids.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODES = Buffer.from(ALPHABET, 'latin1');
const TIME_LENGTH = 10;
const TAIL_LENGTH = 16;
/** With the underscore. */
const PREFIXES = Object.fromEntries(
  Object.entries(ID_PREFIXES).map(([kind, prefix]) => [kind, `${prefix}_`]),
) as Record<IdKind, string>;
/** Room for the longest of them. */
const BODY_AT = Math.max(...Object.values(PREFIXES).map((prefix) => prefix.length));
const TAIL_AT = BODY_AT + TIME_LENGTH;

/** Makes ids: 48 bits of wall time and 80 random bits as 26 Crockford base-32 characters. */
export class Ids {
  private timeMs = -1;
  /** The characters of an id, its prefix ending at BODY_AT. Text that is put together is a chain that whoever reads it has to join. */
  private readonly characters = Buffer.alloc(TAIL_AT + TAIL_LENGTH);

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  make(kind: IdKind): string {
    const { characters } = this;
    const ms = this.clock.wallMs();
    if (ms !== this.timeMs) {
      this.timeMs = ms;
      for (let i = TIME_LENGTH - 1, rest = ms; i >= 0; i--, rest = Math.floor(rest / 32))
        characters[BODY_AT + i] = CODES[rest % 32] as number;
    }
    const bytes = this.random.bytes(TAIL_LENGTH);
    for (let i = 0; i < TAIL_LENGTH; i++) characters[TAIL_AT + i] = CODES[(bytes[i] as number) & 31] as number;
    const prefix = PREFIXES[kind];
    const from = BODY_AT - prefix.length;
    for (let i = 0; i < prefix.length; i++) characters[from + i] = prefix.charCodeAt(i);
    return characters.toString('latin1', from);
  }
}
