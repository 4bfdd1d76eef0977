import { describe, expect, it } from 'vitest';
import { addressOf } from './client.ts';
import { fieldMessage, toApiProblem } from './problem.ts';

describe('addresses', () => {
  it('fill the path and leave undefined members of the query out', () => {
    expect(
      addressOf(
        '/api/v1/workspaces/{workspace_id}/jobs',
        { workspace_id: 'ws_1' },
        { q: 'a b', limit: 5, x: undefined },
      ),
    ).toBe('/api/v1/workspaces/ws_1/jobs?q=a+b&limit=5');
  });
  it('escape what a member holds', () => {
    expect(addressOf('/api/v1/{x}', { x: '../a' })).toBe('/api/v1/..%2Fa');
  });
  it('refuse a path with a member missing', () => expect(() => addressOf('/api/v1/{x}')).toThrow('needs x'));
});

describe('problems', () => {
  const document = {
    type: 'urn:connected-compute:problem:field.invalid',
    title: 'A field is not valid',
    status: 422,
    detail: 'Mend the marked fields.',
    code: 'field.invalid',
    request_id: 'req_1',
    retryable: false,
    errors: [{ pointer: '/name', message: 'must not be empty' }],
  };
  it('keep code, sentence and fields', () => {
    const problem = toApiProblem(422, document);
    expect(problem).toMatchObject({ code: 'field.invalid', detail: 'Mend the marked fields.' });
    expect(fieldMessage(problem, '/name')).toBe('must not be empty');
    expect(fieldMessage(problem, '/kind')).toBeUndefined();
  });
  it('name an answer that is no problem document', () => {
    expect(toApiProblem(502, '<html>')).toMatchObject({ code: 'answer.unreadable', status: 502 });
  });
});
