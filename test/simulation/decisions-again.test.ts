import { describe, expect, it } from 'vitest';
import type { BudgetCheck, CandidateGroup } from '../../src-server/contract/decision.ts';
import type { DecisionBody } from '../../src-server/contract/events.ts';
import type { DecisionReplay } from '../../src-server/contract/replay.ts';
import { decodeEntry } from '../../src-server/ledger/entry.ts';
import type { TypedEntry } from '../../src-server/plane/engine.ts';
import { LogUntil } from '../../src-server/plane/past/log-until.ts';
import { pastEngine } from '../../src-server/plane/past/open-past.ts';
import { Replay } from '../../src-server/plane/replay.ts';
import { decisionReplayView } from '../../src-server/plane/views/decision-replay-view.ts';
import { State } from '../../src-server/state/state.ts';
import { Simulation } from './simulation.ts';

/** More with `DECISION_SEEDS=200 npx vitest run test/simulation/decisions-again.test.ts`. */
const SEEDS = Number(process.env.DECISION_SEEDS ?? 3);
const STEPS = 1_500;

const STRANGER: CandidateGroup = { source_ids: ['src_x'], count: 1, profile: null, verdict: 'eligible', rules: [] };
const NO_BUDGET: BudgetCheck = {
  needed_mcu: 0,
  rate_mcu_per_minute: 7,
  scope: null,
  limit_mcu: null,
  spent_mcu: null,
  held_mcu: null,
  missing_mcu: null,
  resets_at: null,
};

const decisionIn = (entry: TypedEntry) => entry.events.find((e) => e.type === 'policy.decided')?.body;

/** A history with its faults, restarts, pools, budgets and approvals, and each decision of it made again at its place. */
async function madeAgain(
  seed: number,
  change: (entry: TypedEntry, n: number) => void = () => undefined,
): Promise<DecisionReplay[]> {
  const simulation = new Simulation(seed);
  await simulation.run(STEPS);
  const { engine } = simulation.plane.workspace!;
  const state = await State.empty();
  const walk = new Replay(state);
  const answers: DecisionReplay[] = [];
  for (const { seq, line } of engine.log.read(0)) {
    const entry = decodeEntry(line) as unknown as TypedEntry;
    if (decisionIn(entry) !== undefined) {
      change(entry, answers.length);
      answers.push(decisionReplayView(pastEngine(engine, new LogUntil(engine.log, seq), state), entry));
    }
    walk.take(seq, line);
  }
  state.close();
  simulation.plane.close();
  return answers;
}

describe('a decision, made again from what was known then', () => {
  it(`comes out the same, every one of ${SEEDS} histories`, async () => {
    const kinds = new Map<string, number>();
    for (let seed = 1; seed <= SEEDS; seed++) {
      for (const { same, recorded, recomputed, differences } of await madeAgain(seed)) {
        if (!same) expect({ seed, recorded, recomputed, differences }).toBeNull();
        kinds.set(recorded.outcome, (kinds.get(recorded.outcome) ?? 0) + 1);
      }
    }
    expect([...kinds.keys()].sort()).toEqual(['assigned', 'held', 'refused', 'waiting']);
  }, 600_000);

  it('is told apart, in words, from a record that says anything else', async () => {
    const lies: [(body: DecisionBody) => unknown, RegExp][] = [
      [
        (body) => (body.outcome = body.outcome === 'waiting' ? 'assigned' : 'waiting'),
        /The outcome was “\w+”, now it is “\w+”/,
      ],
      [(body) => (body.sentence = `${body.sentence} Really.`), /The sentence was “.+ Really\.”, now it is/],
      [(body) => (body.source_id = body.source_id === null ? 'src_x' : null), /The source was .+, now it is/],
      [(body) => (body.policy_version = 99), /The policy version was 99, now it is \d+\./],
      [
        (body) => (body.budget = body.budget === null ? NO_BUDGET : { ...body.budget, rate_mcu_per_minute: 7 }),
        /The budget/,
      ],
      [(body) => body.candidates.push(STRANGER), /Recorded, and not found again: src_x eligible\./],
    ];
    const answers = await madeAgain(1, (entry, n) => lies[n % lies.length]?.[0](decisionIn(entry)!));
    expect(answers.filter((a) => a.same)).toEqual([]);
    for (const [n, { differences, sentence }] of answers.entries()) {
      expect(differences.join(' ')).toMatch(lies[n % lies.length]?.[1] as RegExp);
      expect(sentence).toContain('something else comes out today');
    }
  }, 600_000);
});
