import type { Demo } from '../contract/demo.ts';
import type { Told } from './stage.ts';

/** Events that stand out on the line of time. */
const MARKED: ReadonlySet<string> = new Set([
  'lease.granted',
  'lease.expired',
  'lease.revoked',
  'completion.rejected',
  'source.late',
  'source.offline',
  'source.draining',
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.expired',
  'admission.granted',
  'budget.refused',
  'job.settled',
]);

/** What a run told, by virtual time: lines of the story with what was checked below each, and marks. */
export class StorySoFar {
  readonly lines: Demo['story'] = [];
  readonly marks: Demo['marks'] = [];
  private readonly toldAtMs = new Set<number>();

  constructor(private readonly beginsMs: number) {}

  readonly tell = ({ at, kind, text, types = [] }: Told): void => {
    const atMs = Date.parse(at) - this.beginsMs;
    this.toldAtMs.add(atMs);
    if (kind === 'story') this.lines.push({ at_ms: atMs, text, notes: [] });
    else if (kind === 'event') {
      const type = types.find((each) => MARKED.has(each));
      if (type !== undefined) this.marks.push({ at_ms: atMs, type });
    } else this.lines.at(-1)?.notes.push({ holds: kind === 'check', text });
  };

  /** The newest moment before `ms` at which something was told; 0 where there is none. */
  before(ms: number): number {
    return Math.max(0, ...[...this.toldAtMs].filter((each) => each < ms));
  }

  /** The newest moment at which something was told. */
  get newestMs(): number {
    return Math.max(0, ...this.toldAtMs);
  }
}
