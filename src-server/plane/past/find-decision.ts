import { ProblemError } from '../../contract/problems.ts';
import type { Engine } from '../engine.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
/** A record is written in the step that made its id, so their times lie this close, ms. */
const CLOSE_MS = 2_000;
/** Entries that are looked through before other work has its turn. */
const ENTRIES_PER_TURN = 500;

/**
 * The entry that holds a decision. Its id tells when it was made, so a few looks into the log lead there; a clock that was set
 * back may have led astray, then the whole log is read.
 * @param id `dec_…`, or `D-<seq>` as people read it.
 * @throws ProblemError `not_found`.
 */
export async function findDecision(engine: Engine, id: string, pause: () => Promise<void>): Promise<number> {
  const label = /^D-(\d{1,15})$/.exec(id)?.[1];
  if (label !== undefined) return labelled(engine, Number(label));
  const madeMs = timeOf(id);
  const near = firstFrom(engine, madeMs - CLOSE_MS);
  for (let seq = near; seq < engine.nextSeq; seq++) {
    if (isHolder(engine, seq, id)) return seq;
    if (Date.parse(engine.entry(seq).at) > madeMs + CLOSE_MS) break;
    if (seq % ENTRIES_PER_TURN === 0) await pause();
  }
  const end = engine.nextSeq;
  for (let seq = 0; seq < end; seq++) {
    if (isHolder(engine, seq, id)) return seq;
    if (seq % ENTRIES_PER_TURN === 0) await pause();
  }
  throw new ProblemError('not_found', `There is no decision ${id} in this workspace.`);
}

function labelled(engine: Engine, seq: number): number {
  if (seq < engine.nextSeq && engine.entry(seq).events.some((e) => e.type === 'policy.decided')) return seq;
  throw new ProblemError('not_found', `There is no decision D-${seq} in this workspace.`);
}

const isHolder = (engine: Engine, seq: number, id: string): boolean =>
  engine.line(seq).includes(`"decision_id":"${id}"`);

function timeOf(id: string): number {
  let ms = 0;
  for (const letter of id.slice('dec_'.length, 'dec_'.length + TIME_CHARACTERS))
    ms = ms * 32 + ALPHABET.indexOf(letter);
  return ms;
}

/** The first entry that is not older, as far as times grow with the log. */
function firstFrom(engine: Engine, ms: number): number {
  let from = 0;
  let to = engine.nextSeq;
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (Date.parse(engine.entry(middle).at) < ms) from = middle + 1;
    else to = middle;
  }
  return from;
}
