import { expect, it } from 'vitest';
import { newDraft, readWizard } from './wizard-draft.ts';

it('proposes what fits the place', () => {
  expect(readWizard(newDraft('docker_host')).body).toMatchObject({
    name: 'dock-1',
    kind: 'docker_host',
    compute_class: null,
    capacity: 4,
    ttl_ms: 900_000,
  });
});
it('enrolls this machine as a laptop', () => expect(readWizard(newDraft('this')).body?.kind).toBe('laptop'));
it('says what is wrong where', () => {
  const { body, errors } = readWizard({ ...newDraft('laptop'), name: 'my laptop', slots: 'many' });
  expect(body).toBeNull();
  expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/capacity', '/name']);
});
