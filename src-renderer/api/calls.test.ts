import { describe, expect, it } from 'vitest';
import type { RouteSpec } from '../../src-server/contract/routes/route-spec.ts';
import { ROUTES } from '../../src-server/contract/routes.ts';
import { CALLS, type CallId } from './calls.ts';

describe('the console calls', () => {
  it.each(Object.keys(CALLS) as CallId[])('%s as the table of routes says', (id) => {
    const route: RouteSpec = ROUTES[id];
    const call: { query?: unknown; body?: unknown; answer: unknown } = CALLS[id];
    const [answer] = Object.values(route.answers);
    expect(call.answer ?? 'empty').toBe(answer);
    expect(call.body).toBe(route.body);
    if (call.query !== undefined) expect(call.query).toBe(route.query);
  });
});
