import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PolicyPut } from '../../src-server/contract/policy.ts';
import { type WhatIfRequest, whatIfAnswer } from '../../src-server/contract/what-if.ts';
import { checkAll } from '../../src-server/plane/invariants.ts';
import { runDraft, whatIfView } from '../../src-server/plane/views/what-if-view.ts';
import { gatherHistory, policyOf } from '../../src-server/plane/whatif/gather.ts';
import { lastDecisions } from '../../src-server/plane/whatif/range.ts';
import { makeStory, type Outcome, StoryWorld } from './what-if-world.ts';

// A backoff is drawn by lot, and two runs draw different ones: here it is the same for all, so that runs can be compared.
vi.mock('../../src-server/domain/leases/retry.ts', () => ({ retryDelayMs: () => 730 }));
vi.setConfig({ testTimeout: 600_000 });

const worlds: StoryWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.plane.stop();
});
async function lived(seed: number, count: number, policy: Partial<PolicyPut>): Promise<StoryWorld> {
  const world = new StoryWorld(makeStory(seed, count));
  worlds.push(world);
  await world.live(policy);
  return world;
}

/** Every job ran in the past, so that what it takes is known; else two runs could not be alike. */
const unmeasured = (past: StoryWorld): Outcome[] => past.outcomes.filter((o) => o.fate !== 'placed');

/** What the model makes of the history of one world under the policy of another, job by job. */
function foretold(past: StoryWorld, policy: Partial<PolicyPut>): Outcome[] {
  const { engine } = past.plane.workspace;
  const gathered = gatherHistory(engine, lastDecisions(engine, Number.MAX_SAFE_INTEGER));
  const draft = policyOf({
    version: 2,
    mode: 'byoc_first',
    fallback: { mode: 'auto', after_ms: 4_000 },
    refuse_after_ms: null,
    overrides: [],
    fair_share: false,
    four_eyes: false,
    reason: null,
    ...policy,
  } as Parameters<typeof policyOf>[0]);
  const placements = runDraft(gathered, { policy: draft });
  return past.seqs.map((seq) => {
    const placement = placements.get(seq)!;
    const isPlaced = placement.fate === 'placed';
    return {
      fate: placement.fate,
      source: isPlaced ? (engine.hot.fleet.source(placement.sourceId as string).name ?? null) : null,
      crossing: placement.crossing,
      grantedAfterMs: isPlaced ? placement.waitMs : null,
    };
  });
}

const DRAFTS: [string, Partial<PolicyPut>][] = [
  ['the same rule', {}],
  ['managed first', { mode: 'managed_first' }],
  ['own compute only', { mode: 'byoc_only' }],
  ['managed only, refused after a while', { mode: 'managed_only', refuse_after_ms: 20_000 }],
  ['never across', { fallback: { mode: 'never', after_ms: 0 } }],
  ['across at once', { fallback: { mode: 'auto', after_ms: 0 } }],
  ['ask', { fallback: { mode: 'ask', after_ms: 2_000 } }],
  [
    'overrides',
    {
      overrides: [
        { compute_class: 'cpu-medium', mode: 'managed_first' },
        { labels: { region: 'eu' }, mode: 'byoc_only' },
      ],
    },
  ],
  ['fair share', { mode: 'byoc_only', fair_share: true }],
];

describe('what-if', () => {
  it.each(DRAFTS)('equals, job by job, the real plane under the draft from the start: %s', async (_name, draft) => {
    const past = await lived(5, 400, {});
    const real = await lived(5, 400, draft);
    expect(unmeasured(past)).toEqual([]);
    expect(foretold(past, draft)).toEqual(real.outcomes);
    expect(checkAll(real.plane.workspace.engine)).toEqual([]);
  });

  it('reads only, and says the same twice', async () => {
    const past = await lived(9, 200, {});
    const { engine } = past.plane.workspace;
    const before = [engine.nextSeq, engine.state.head.root];
    const twice = [foretold(past, { mode: 'managed_first' }), foretold(past, { mode: 'managed_first' })];
    expect(twice[0]).toEqual(twice[1]);
    expect([engine.nextSeq, engine.state.head.root]).toEqual(before);
  });

  describe('over the newest part of a longer history', () => {
    const ask = (world: StoryWorld, request: WhatIfRequest) => {
      const answer = whatIfView(world.plane.workspace.engine, request);
      return whatIfAnswer.parse(answer);
    };

    it('says nothing for the rule in force but what really happened', async () => {
      const past = await lived(13, 400, {});
      const answer = ask(past, { last: 150 });
      expect(answer.decisions).toBe(150);
      expect(answer.changed).toBe(0);
      // What runs at the start of the range, and who waited longest then, is not told by the log in full.
      expect(answer.agreed / answer.considered).toBeGreaterThan(0.9);
      expect(answer.not_enough_history).toBeNull();
    });

    it('moves, refuses and prices by a draft of policy, of limits, of labels', async () => {
      const past = await lived(13, 400, {});
      const managed = ask(past, { last: 150, policy: { mode: 'managed_only' } });
      expect(managed.after.byoc).toBe(0);
      expect(managed.after.cost_mcu).toBeGreaterThan(managed.before.cost_mcu);
      expect(managed.moves_by_kind[0]).toMatchObject({ from: 'byoc', to: 'managed' });
      expect(managed.policy_changes.map((c) => c.pointer)).toEqual(['/mode']);

      const limits = [{ scope: 'tier:managed', window: 'total' as const, limit_mcu: 0, warn_percent: [] }];
      const broke = ask(past, { last: 150, policy: { mode: 'managed_only' }, limits: { limits } });
      expect([broke.after.managed, broke.after.refused]).toEqual([0, broke.considered]);
      expect(broke.new_refusals).toBe(broke.changed);
      expect(broke.moves[0]?.because).toBe('its budget has no room');

      const server = [...past.plane.workspace.engine.hot.fleet.sources.values()].find((s) => s.name === 'server-1')!;
      const bare = ask(past, { last: 150, policy: { mode: 'byoc_only' }, labels: { [server.sourceId]: {} } });
      const needy = bare.moves.filter((m) => m.to === 'server-1');
      for (const { job_id: jobId } of needy) {
        const { engine } = past.plane.workspace;
        expect(engine.submitted(engine.job(jobId).seq).spec.labels).toEqual({});
      }
      expect(bare.after.waiting).toBeGreaterThan(0);
    });

    it('says so when there is too little to tell', async () => {
      const past = await lived(2, 5, {});
      expect(ask(past, { last: 500 }).not_enough_history).toContain('too few to tell');
      const { engine } = past.plane.workspace;
      expect(ask(past, { from: engine.entry(0).at, to: engine.entry(0).at }).considered).toBe(0);
    });
  });

  const JOBS = Number(process.env.WHAT_IF_JOBS ?? 2_000);
  it(`equals the real plane over a history of ${JOBS} decisions`, async () => {
    const draft: Partial<PolicyPut> = {
      mode: 'managed_first',
      overrides: [{ labels: { region: 'eu' }, mode: 'byoc_first' }],
    };
    const startedNs = process.hrtime.bigint();
    const past = await lived(21, JOBS, {});
    const real = await lived(21, JOBS, draft);
    expect(unmeasured(past)).toEqual([]);
    const lifeNs = process.hrtime.bigint();
    const told = foretold(past, draft);
    const ms = (from: bigint, to: bigint): number => Math.round(Number(to - from) / 1e6);
    process.stdout.write(
      `what-if: ${JOBS} jobs lived twice in ${ms(startedNs, lifeNs)} ms, foretold in ${ms(lifeNs, process.hrtime.bigint())} ms\n`,
    );
    const differing = told.flatMap((t, n) => (JSON.stringify(t) === JSON.stringify(real.outcomes[n]) ? [] : [n]));
    expect(differing).toEqual([]);
  });
});
