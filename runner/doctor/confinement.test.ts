import { expect, test } from 'vitest';
import { NO_CAPABILITIES } from '../confinement/capabilities.ts';
import { doctorContext } from '../testing/doctor-context.ts';
import { confinementChecker } from './confinement.ts';

const checkWith = (posture: object, platform: NodeJS.Platform = 'linux') =>
  confinementChecker.check(
    doctorContext({
      surroundings: { platform, env: {}, home: '/' },
      capabilities: async () => ({ ...NO_CAPABILITIES, posture }),
    }),
  );

test('passes only when all of it was seen to hold', async () => {
  const detail = { bubblewrap: '0.8.0' };
  expect(await checkWith({ files: 'confined', network: ['none', 'allow_list'], detail })).toMatchObject({
    passed: true,
  });
  const why = { ...detail, confinement: 'no own network namespace' };
  expect(await checkWith({ files: 'confined', network: [], detail: why })).toMatchObject({
    passed: false,
    detail: 'Files are confined, the network is not: no own network namespace.',
  });
  expect((await checkWith({ files: 'confined', network: ['none'], detail: why })).passed).toBe(false);
});

test('says how to get it', async () => {
  const missing = await checkWith({ files: 'none', detail: { confinement: 'bubblewrap (bwrap) is not installed' } });
  expect(missing.fix).toContain('Install bubblewrap');
  const refused = await checkWith({ files: 'none', detail: { bubblewrap: '0.8.0', confinement: 'EPERM' } });
  expect(refused.fix).toContain('user namespaces');
});

test('promises nothing on other platforms, and is never required', async () => {
  expect((await checkWith({ files: 'confined' }, 'darwin')).passed).toBe(false);
  expect(confinementChecker.required).toBe(false);
});
