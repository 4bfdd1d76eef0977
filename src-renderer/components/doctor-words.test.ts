import { expect, it } from 'vitest';
import { doctorWords } from './doctor-words.ts';

it('names the checks it knows and makes the others readable', () => {
  expect(doctorWords('shell_path')).toBe('Shell and PATH');
  expect(doctorWords('gpu_driver')).toBe('Gpu driver');
});
