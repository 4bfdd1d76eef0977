import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROUTES } from '../../src-server/contract/routes.ts';
import { directivesAnswer, envelopePayload, heartbeatAnswer } from '../../src-server/contract/runtime.ts';

/** Words of somebody who lets others through. A runner executes approved work; it never becomes a way into a network. */
const FORWARDS = /forward|proxy|proxies|tunnel|relay|socks|expose|listen|dial|ingress|port-?map|reverse|vpn|ssh\b/i;
const paths = Object.entries(ROUTES).map(([id, route]) => ({ id, path: route.path, summary: route.summary }));

describe('the private-network boundary of the API', () => {
  it('has no route that forwards, proxies or opens anything', () => {
    const offending = paths.filter(({ id, path, summary }) => FORWARDS.test(`${id} ${path} ${summary}`));
    expect(offending).toEqual([]);
    // The test can fail: this is what it looks for.
    expect(FORWARDS.test('/leases/{lease_id}/forward')).toBe(true);
  });

  it('has no CONNECT and no upgrade: every route is a plain request and an answer', () => {
    for (const route of Object.values(ROUTES))
      expect(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).toContain(route.method);
  });

  it('lets the plane tell a runner to end work, and nothing else', () => {
    const words = (schema: z.ZodType): string[] => {
      const found = JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any' })).matchAll(/"enum":\[([^\]]*)\]/g);
      return [...found].flatMap(([, list]) => JSON.parse(`[${list}]`) as string[]);
    };
    const told = new Set([...words(directivesAnswer), ...words(heartbeatAnswer)]);
    const states = ['pending', 'online', 'late', 'offline', 'quarantined', 'active', 'superseded', 'ended'];
    expect([...told].filter((w) => !states.includes(w)).sort()).toEqual(['cancel', 'drain', 'revoke', 'stop']);
  });

  it('hands out hosts and ports as data of one signed envelope, and no address to listen on', () => {
    const grants = envelopePayload.shape.grants.element;
    expect(Object.keys(grants.shape).sort()).toEqual(['host', 'port']);
    expect(Object.keys(envelopePayload.shape).filter((name) => FORWARDS.test(name))).toEqual([]);
  });
});
