import { ID_PREFIXES, type IdKind } from '../contract/ids.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Makes ids: 48 bits of wall time and 80 random bits as 26 Crockford base-32 characters. */
export class Ids {
  private timeText = '';
  private timeMs = -1;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
  ) {}

  make(kind: IdKind): string {
    const ms = this.clock.wallMs();
    if (ms !== this.timeMs) {
      this.timeMs = ms;
      this.timeText = encodeTime(ms);
    }
    const bytes = this.random.bytes(16);
    let tail = '';
    for (let i = 0; i < 16; i++) tail += ALPHABET[(bytes[i] as number) & 31];
    return `${ID_PREFIXES[kind]}_${this.timeText}${tail}`;
  }
}

function encodeTime(ms: number): string {
  let out = '';
  for (let i = 0, rest = ms; i < 10; i++, rest = Math.floor(rest / 32)) out = ALPHABET[rest % 32] + out;
  return out;
}
