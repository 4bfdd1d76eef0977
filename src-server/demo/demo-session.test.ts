import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEMO_CHAOS, type DemoSteer, demo } from '../contract/demo.ts';
import { seededRandom } from '../plane/random.ts';
import { MemoryDemos } from './memory-demos.ts';
import { SCENARIOS } from './scenarios.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Demos whose real clock is held by the test. */
function hold(): { demos: MemoryDemos; clock: VirtualClock } {
  const clock = new VirtualClock(0);
  return { demos: new MemoryDemos({ clock, timers: clock, random: seededRandom(7) }), clock };
}
const STORY = 'lease-expiry-and-fencing';

const wishes: fc.Arbitrary<DemoSteer> = fc.oneof(
  fc.record({ do: fc.constant('step' as const), to: fc.constantFrom('next' as const, 'previous' as const) }),
  fc.record({ do: fc.constant('seek' as const), at_ms: fc.integer({ min: 0, max: 400_000 }) }),
  fc.record({
    do: fc.constant('chaos' as const),
    runner: fc.constantFrom('laptop-1', 'dock-rack2'),
    kind: fc.constantFrom(...DEMO_CHAOS),
    on: fc.boolean(),
  }),
);

describe('a demo', () => {
  it(
    'keeps its promises whatever one does to it, and shows the same wherever it is come from',
    { timeout: 600_000 },
    () =>
      fc.assert(
        fc.asyncProperty(fc.array(wishes, { minLength: 1, maxLength: 8 }), async (list) => {
          const { demos } = hold();
          const { workspace_id: id } = await demos.start(STORY);
          for (const wish of list) {
            // A runner that is not enrolled yet cannot be hurt: that is told, and changes nothing.
            const shown = await demos.steer(id, wish).catch(() => demos.view(id));
            expect(shown.invariants.filter(({ holds }) => !holds)).toEqual([]);
            expect(shown.chain_holds).toBe(true);
            demo.parse(shown);
          }
          // A moment later every interference lies behind: back to it and on again comes out the same.
          const { at_ms: atMs } = await demos.view(id);
          const here = await demos.steer(id, { do: 'seek', at_ms: atMs + 1 });
          await demos.steer(id, { do: 'step', to: 'previous' });
          const again = await demos.steer(id, { do: 'seek', at_ms: here.at_ms });
          if (here.at_ms > atMs) expect({ ...again, run: 0 }).toEqual({ ...here, run: 0 });
          await demos.close();
        }),
        { numRuns: 25 },
      ),
  );

  it.each(SCENARIOS.map(({ name }) => name))('%s goes back and forth between the same logs', async (name) => {
    const { demos } = hold();
    const { workspace_id: id, ends_at_ms: endsAtMs } = await demos.start(name);
    const half = await demos.steer(id, { do: 'seek', at_ms: Math.floor(endsAtMs / 2) });
    const whole = await demos.steer(id, { do: 'seek', at_ms: endsAtMs });
    expect(whole.state).toBe('over');
    expect(whole.story.flatMap(({ notes }) => notes.filter(({ holds }) => !holds))).toEqual([]);
    const back = await demos.steer(id, { do: 'seek', at_ms: half.at_ms });
    expect({ ...back, run: 0 }).toEqual({ ...half, run: 0 });
    expect(back.run).toBe(half.run + 1);
    // What stands ahead is what comes.
    expect([...back.story, ...back.ahead].map(({ text }) => text)).toEqual(whole.story.map(({ text }) => text));
    await demos.close();
  });

  it('steps from line to line and back', async () => {
    const { demos } = hold();
    const { workspace_id: id } = await demos.start(STORY);
    const seen = [];
    for (let i = 0; i < 5; i++) seen.push((await demos.steer(id, { do: 'step', to: 'next' })).at_ms);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
    const back = await demos.steer(id, { do: 'step', to: 'previous' });
    expect(back.at_ms).toBe(seen[3]);
    await demos.close();
  });

  it('moves a job on when its runner is killed, and refuses what a paused one says too late', async () => {
    const { demos } = hold();
    const { workspace_id: id } = await demos.start(STORY);
    await demos.steer(id, { do: 'seek', at_ms: 30_000 });
    const hurt = await demos.steer(id, { do: 'chaos', runner: 'laptop-1', kind: 'pause', on: true });
    expect(hurt).toMatchObject({ is_free: true, ahead: [] });
    await demos.steer(id, { do: 'seek', at_ms: 400_000 });
    const woken = await demos.steer(id, { do: 'chaos', runner: 'laptop-1', kind: 'pause', on: false });
    expect(woken.jobs.map(({ state }) => state)).toEqual(['succeeded']);
    expect(woken.jobs[0]?.source_name).toBe('dock-rack2');
    expect(woken.marks.map(({ type }) => type)).toContain('lease.expired');
    await demos.close();
  });

  it('begins what the script had claimed, takes nothing back that was not done, and tells no more of the script', async () => {
    const { demos } = hold();
    const { workspace_id: id } = await demos.start(STORY);
    const claimed = await demos.steer(id, { do: 'seek', at_ms: 9_000 });
    expect(claimed.jobs[0]?.state).toBe('claimed');
    const idle = await demos.steer(id, { do: 'chaos', runner: 'laptop-1', kind: 'kill', on: false });
    expect(idle).toMatchObject({ is_free: false, story: claimed.story });
    await demos.steer(id, { do: 'chaos', runner: 'laptop-1', kind: 'skew', on: true });
    const over = await demos.steer(id, { do: 'seek', at_ms: 120_000 });
    expect(over.jobs[0]).toMatchObject({ state: 'succeeded', attempt: 1, source_name: 'laptop-1' });
    expect(over.jobs[0]?.started_at).not.toBeNull();
    expect(over.story.map(({ text }) => text).join()).not.toContain('falls silent');
    expect(over.story.map(({ text }) => text).join()).not.toContain('For 45 seconds');
    await demos.close();
  });

  it('plays by the clock, lets a line be read, and pauses when nobody looks', async () => {
    const { demos, clock } = hold();
    const { workspace_id: id } = await demos.start(STORY);
    await demos.steer(id, { do: 'play', speed: 4 });
    await clock.advance(5_000);
    const playing = await demos.view(id);
    expect(playing.state).toBe('playing');
    expect(playing.at_ms).toBeGreaterThan(3_000);
    expect(playing.at_ms).toBeLessThanOrEqual(20_000);
    await clock.advance(60_000);
    const left = await demos.view(id);
    expect(left.state).toBe('paused');
    await demos.close();
  });

  it('ends the one that nobody looked at for longest when there are too many', async () => {
    const { demos, clock } = hold();
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) {
      ids.push((await demos.start(STORY)).workspace_id);
      await clock.advance(1_000);
    }
    expect(demos.workspaceIds()).toEqual(ids.slice(1));
    await expect(demos.view(ids[0] ?? '')).rejects.toMatchObject({ code: 'not_found' });
    await demos.close();
  });
});
