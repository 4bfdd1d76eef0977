import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PlaneUnderTest } from '../helpers/plane-under-test.ts';

let plane: PlaneUnderTest;
beforeAll(async () => {
  plane = await PlaneUnderTest.start();
});
afterAll(() => plane.close());

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  'javascript:alert(1)',
  '\u202Eevil\u202C and \u2066back\u2069',
  '😀'.repeat(100),
  'a\u0301'.repeat(90),
  '\u0024{process.env.HOME} {{7*7}} %n %s',
  '"quoted" \\ back',
] as const;

describe('row 33: text that people wrote', () => {
  test.each(HOSTILE)('%j comes back as it was, as JSON that no page runs', async (title) => {
    const made = await plane.submit({ title });
    const answer = await plane.call('job', { params: { job_id: made.job_id } });
    expect(answer.json.title).toBe(title);
    expect(answer.headers['content-type']).toBe('application/json');
    const { items } = (await plane.call('jobs', { query: { q: title.slice(0, 40) } })).json;
    expect(items.map((j: { job_id: string }) => j.job_id)).toContain(made.job_id);
  });

  test('10 KB of it is refused with its pointer, and so is a control character', async () => {
    for (const title of ['😀'.repeat(2_500), 'a\u0000b', ' \t ']) {
      const answer = await plane.call('jobSubmit', {
        body: { wu_id: 'WU-1', title, command: { argv: ['true'] } },
        key: plane.key(),
      });
      expect([400, 422]).toContain(answer.status);
      expect(answer.text.length).toBeLessThan(1_000);
    }
  });

  test('a reason, a label and the name of a source stay text, and never become a header', async () => {
    const { job_id: jobId } = await plane.submit();
    const reason = 'line one\r\nset-cookie: a=b\r\n\r\n<b>two</b>';
    const answer = await plane.call('jobCancel', { params: { job_id: jobId }, body: { reason } });
    expect(answer.headers['set-cookie']).toBeUndefined();
    for (const name of ['<b>x</b>', 'a\r\nb', '../x', 'x'.repeat(300)])
      expect((await plane.call('enrollmentCreate', { body: { name, kind: 'laptop' } })).code).toBe('field.invalid');
  });
});
