import { afterAll, beforeAll, expect, it } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

it('takes a source for late after 30 s each time, also one that was late and came back', async () => {
  const runner = await plane.runner('k8s-batch-b');
  const state = async () => (await plane.call('source', { params: { source_id: runner.sourceId } })).json.state;
  const pass = (ms: number) => {
    plane.clock.advance(ms);
    plane.hosted.workspace.tick();
  };
  for (const time of ['the first time', 'after it came back', 'and once more']) {
    await runner.heartbeat();
    expect(await state(), time).toBe('online');
    pass(29_000);
    expect(await state(), time).toBe('online');
    pass(2_000);
    expect(await state(), time).toBe('late');
  }
  pass(200_000);
  expect(await state()).toBe('late');
  pass(80_000);
  expect(await state()).toBe('offline');
});
