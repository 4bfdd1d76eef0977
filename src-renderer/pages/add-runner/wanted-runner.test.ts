import { expect, it } from 'vitest';
import { draftFor, needOf, readWanted, type WantedRunner, wantedQuery } from './wanted-runner.ts';
import { readWizard } from './wizard-draft.ts';

const wanted: WantedRunner = {
  jobId: 'job_01M8NGKX5W0G2K5F2CQ743Z90E',
  computeClass: 'gpu-small',
  labels: { region: 'eu', 'disk.kind': 'nvme' },
  slots: 3,
  needs: 'container',
};

it('comes back from the address as it was written', () => {
  for (const each of [wanted, { ...wanted, labels: {}, slots: 1, needs: null }])
    expect(readWanted(new URLSearchParams(wantedQuery(each)))).toEqual(each);
});

it('fills in the form, which asks the plane for just that', () => {
  expect(readWizard(draftFor(wanted)).body).toMatchObject({
    kind: 'docker_host',
    compute_class: 'gpu-small',
    labels: wanted.labels,
    capacity: 3,
  });
  expect(readWizard(draftFor(null)).body).toMatchObject({ kind: 'laptop', compute_class: null, labels: {} });
});

it('takes nothing from an address that it did not write', () => {
  expect(readWanted(new URLSearchParams('class=gpu-small'))).toBeNull();
  const odd = new URLSearchParams({ ...wantedQuery(wanted), slots: '-4', labels: 'region=eu,<b>=1', needs: 'root' });
  expect(readWanted(odd)).toEqual({ ...wanted, slots: 1, labels: { region: 'eu' }, needs: null });
});

it('knows what an executor needs', () => {
  expect(needOf(['container:podman'], false)).toBe('container');
  expect(needOf([], true)).toBe('confined');
  expect(needOf([], false)).toBeNull();
});
