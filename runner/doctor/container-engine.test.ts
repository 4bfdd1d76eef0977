import { expect, test } from 'vitest';
import { NO_CAPABILITIES } from '../confinement/capabilities.ts';
import type { ContainerEngine } from '../containers/engine.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { containerEngineChecker } from './container-engine.ts';

const ENGINE: ContainerEngine = {
  name: 'podman',
  version: '4.3.1',
  options: [],
  userOptions: [],
  hasLimits: false,
  hasAllowList: false,
};
const checkWith = (engine: ContainerEngine | null, containers?: string) => {
  const detail: Record<string, string> = containers === undefined ? {} : { containers };
  const posture = { ...NO_CAPABILITIES.posture, detail };
  return containerEngineChecker.check(
    doctorContext({ capabilities: async () => ({ ...NO_CAPABILITIES, posture, engine }) }),
  );
};

test('passes with an engine that held, and says whether its ceilings did', async () => {
  expect(await checkWith(ENGINE)).toMatchObject({ passed: true, detail: expect.stringContaining('without ceilings') });
});

test.each([
  ['neither podman nor docker is installed', /apt-get install podman/],
  ['docker: Cannot connect to the Docker daemon at unix:///var/run/docker.sock', /systemctl start docker/],
  ['podman: crun: unknown version specified', /podman info/],
])('says how to mend: %s', async (why, fix) => {
  const found = await checkWith(null, why);
  expect(found).toMatchObject({ passed: false, detail: `No container jobs run here: ${why}.` });
  expect(found.fix).toMatch(fix);
});

test('is never required, and is about Linux', () => {
  const surroundings = { platform: 'darwin' as const, env: {}, home: '/' };
  expect(containerEngineChecker.required).toBe(false);
  expect(containerEngineChecker.applicable(doctorContext({ surroundings }))).toBe(false);
});
