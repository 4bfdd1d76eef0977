import { expect, it } from 'vitest';
import { jobSubmit } from '../../../src-server/contract/job.ts';
import { testJob } from './test-job.ts';

it('aims at the source by its labels, with the smallest class it takes', () => {
  const job = testJob({ name: 'dock-1', labels: { region: 'eu' }, compute_class: 'gpu-large' });
  expect(job).toMatchObject({ labels: { region: 'eu' }, compute_class: 'gpu-small', title: 'First job on dock-1' });
  expect(jobSubmit.safeParse(job).success).toBe(true);
});
it('takes cpu-small where the class is not known yet', () => {
  expect(testJob({ name: 'a', labels: {}, compute_class: null }).compute_class).toBe('cpu-small');
});
