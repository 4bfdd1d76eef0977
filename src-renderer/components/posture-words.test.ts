import { expect, it } from 'vitest';
import { enforcedWords, postureLook } from './posture-words.ts';

it('names what is enforced', () => {
  expect(enforcedWords({ files: 'confined', network: ['none'], pid: 'namespace', containers: ['podman'] })).toBe(
    'Files, network, pids, podman',
  );
});
it('says plainly when nothing is', () => expect(enforcedWords({})).toBe('Nothing is enforced'));
it('shows a quarantined source as refused', () => {
  expect(postureLook({ confined: 'none', state: 'quarantined' }).tone).toBe('refuse');
  expect(postureLook({ confined: 'none', state: 'online' }).tone).toBe('idle');
});
