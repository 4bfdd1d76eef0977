import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PROBLEM_CODES, PROBLEMS, ProblemError, problem } from '../contract/problems.ts';
import { problemOf, validate } from './problem-answer.ts';

describe('problemOf', () => {
  test.each(PROBLEM_CODES)('%s becomes a whole document', (code) => {
    const document = problemOf(new ProblemError(code, 'Do this next.', { current_attempt: 2 }), 'req');
    expect(problem.parse(document)).toMatchObject({
      type: `urn:connected-compute:problem:${code}`,
      status: PROBLEMS[code].status,
      detail: 'Do this next.',
      request_id: 'req',
      current_attempt: 2,
    });
    expect('retry_after_ms' in document).toBe(PROBLEMS[code].retryable);
  });

  test('a fault of ours tells nothing of itself', () => {
    const document = problemOf(new Error('secret path /home/x'), 'req');
    expect(document).toMatchObject({ status: 500, code: 'internal.error' });
    expect(JSON.stringify(document)).not.toContain('secret');
  });
});

describe('validate', () => {
  const schema = z.strictObject({ a: z.array(z.strictObject({ 'b/c': z.int() })) });

  test.each<[unknown, string[]]>([
    [{ a: [{ 'b/c': 'x' }] }, ['/a/0/b~1c']],
    [{ a: [], x: 1, 'y~z': 2 }, ['/x', '/y~0z']],
    [{ a: [{ 'b/c': 1, z: 1 }] }, ['/a/0/z']],
    [7, ['']],
  ])('%j is faulty at %j', (value, pointers) => {
    try {
      validate(schema, value);
      expect.unreachable();
    } catch (error) {
      expect((error as ProblemError).code).toBe('field.invalid');
      expect((error as ProblemError).more.errors?.map((e) => e.pointer)).toEqual(pointers);
    }
  });

  test('says no value again', () => {
    try {
      validate(z.strictObject({ a: z.enum(['x']), b: z.string().max(3) }), { a: 'cce_secret', b: 'cce_secret' });
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify((error as ProblemError).more) + (error as ProblemError).detail).not.toContain('secret');
    }
  });
});
