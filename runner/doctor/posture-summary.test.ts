import { expect, test } from 'vitest';
import { NO_CAPABILITIES } from '../confinement/capabilities.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { postureChecker } from './posture-summary.ts';

const detailFor = async (over: object) => {
  const capabilities = async () => ({ ...NO_CAPABILITIES, posture: { ...NO_CAPABILITIES.posture, ...over } });
  return (await postureChecker.check(doctorContext({ capabilities }))).detail;
};

test('says what is enforced, in the words that the console uses', async () => {
  expect(await detailFor({})).toBe(
    'Not confined: files none, network not enforced, processes ended by group, ceilings on memory and processes of commands: not enforced.',
  );
  expect(await detailFor({ files: 'confined' })).toContain('Partly confined: files confined, network not enforced');
  expect(
    await detailFor({
      files: 'confined',
      network: ['none', 'allow_list'],
      pid: 'namespace',
      containers: ['podman'],
      detail: { limits: 'cgroup v2' },
    }),
  ).toBe(
    'Confined: files confined, network none, allow_list, processes ended by namespace, ceilings on memory and processes of commands: cgroup v2, containers by podman.',
  );
});
