import { afterEach, describe, expect, it, vi } from 'vitest';

const PLANE = '../../src-server/plane';
const SEEDS = 25;
const STEPS = 1_500;
vi.setConfig({ testTimeout: 600_000 });

/** Runs seeds until one of them notices. @returns what was said, or null when the bug lived. */
async function hunt(): Promise<string | null> {
  const { Simulation } = await import('./simulation.ts');
  for (let seed = 1; seed <= SEEDS; seed++) {
    const simulation = new Simulation(seed);
    try {
      await simulation.run(STEPS);
    } catch (error) {
      return `seed ${seed}: ${(error as Error).message}`;
    } finally {
      simulation.plane.close();
    }
  }
  return null;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

describe('bugs of pools that are put in on purpose', () => {
  it('the runners of a pool take more slots together than it has', async () => {
    type Source = typeof import('../../src-server/plane/hot/source.ts');
    vi.doMock(`${PLANE}/hot/source.ts`, async (load) => {
      const sound = await load<Source>();
      return {
        ...sound,
        freeSlots: (source: Parameters<Source['freeSlots']>[0]) =>
          source.pool === null ? sound.ownFreeSlots(source) : source.pool.free,
      };
    });
    expect(await hunt()).toMatch(/I11.*full/);
    vi.doUnmock(`${PLANE}/hot/source.ts`);
  });

  it('a runner that ended keeps its slots in the pool', async () => {
    const { Fleet } = await import('../../src-server/plane/hot/fleet.ts');
    const { moveShare, NO_SHARE } = await import('../../src-server/plane/hot/pool.ts');
    const endSeat = Fleet.prototype.endSeat;
    vi.spyOn(Fleet.prototype, 'endSeat').mockImplementation(function (this: InstanceType<typeof Fleet>, sessionId) {
      const seat = this.seats.get(sessionId)?.seat;
      const share = seat?.share ?? NO_SHARE;
      endSeat.call(this, sessionId);
      if (seat?.of.pool != null) moveShare(seat.of.pool, NO_SHARE, share);
    });
    expect(await hunt()).toMatch(/I25.*is taken to offer/);
  });
});
