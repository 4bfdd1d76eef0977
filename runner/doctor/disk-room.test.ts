import { expect, test } from 'vitest';
import { doctorContext } from '../testing/doctor-context.ts';
import { diskRoomChecker } from './disk-room.ts';

test('passes with room, looking at the nearest folder that exists', async () => {
  expect(await diskRoomChecker(1).check(doctorContext({ workDir: '/tmp/not/made/yet' }))).toMatchObject({
    passed: true,
  });
});

test('fails without room, with what there is', async () => {
  const { passed, detail } = await diskRoomChecker(Number.MAX_SAFE_INTEGER).check(doctorContext());
  expect([passed, detail]).toEqual([false, expect.stringMatching(/^Only \d+ MiB free/)]);
});
