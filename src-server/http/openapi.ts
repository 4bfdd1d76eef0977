import { z } from 'zod';
import { problem } from '../contract/problems.ts';
import type { RouteSpec } from '../contract/routes/route-spec.ts';
import { ROUTES } from '../contract/routes.ts';

const MEDIA: Readonly<Record<string, string>> = {
  text: 'application/openmetrics-text',
  bytes: 'application/octet-stream',
  tar: 'application/x-tar',
  events: 'text/event-stream',
  javascript: 'text/javascript',
};
const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>;
  return rest;
};

/** The contract as OpenAPI 3.1, made from the same table that the routers read. */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [id, route] of Object.entries(ROUTES) as [string, RouteSpec][]) {
    const item = paths[route.path] ?? {};
    paths[route.path] = item;
    item[route.method.toLowerCase()] = operation(id, route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Connected Compute',
      version,
      summary: 'Governed jobs on compute that you operate.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      securitySchemes: {
        operator: { type: 'http', scheme: 'bearer', description: 'cco_ token of an operator' },
        runner: { type: 'http', scheme: 'bearer', description: 'ccs_ session token of a runner' },
        claim: {
          type: 'http',
          scheme: 'bearer',
          description: 'cce_ credential, ccp_ registration token of a pool, or ccs_ session token',
        },
        api_key: { type: 'http', scheme: 'bearer', description: 'lf_ key of a workspace, for SDK v1' },
      },
      responses: {
        problem: {
          description: 'RFC 9457 problem',
          content: { 'application/problem+json': { schema: schemaOf(problem, 'output') } },
        },
      },
    },
  };
}

function operation(id: string, route: RouteSpec): object {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((m) => m[1] as string);
  return {
    operationId: id,
    summary: route.summary,
    ...(route.principal === 'none' ? { security: [] } : { security: [{ [route.principal]: [] }] }),
    parameters: [
      ...names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...queryParameters(route),
      ...(route.idempotency === undefined
        ? []
        : [
            {
              name: 'Idempotency-Key',
              in: 'header',
              required: route.idempotency === 'required',
              schema: { type: 'string', maxLength: 128 },
            },
          ]),
    ],
    ...(route.body === undefined ? {} : { requestBody: requestBody(route.body) }),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, response(answer)])),
      default: { $ref: '#/components/responses/problem' },
    },
  };
}

function queryParameters(route: RouteSpec): object[] {
  if (route.query === undefined) return [];
  const schema = schemaOf(route.query, 'input') as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: property,
  }));
}

const requestBody = (body: z.ZodType | 'bytes'): object =>
  body === 'bytes'
    ? { required: true, content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } } }
    : { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } };

function response(answer: z.ZodType | string): object {
  if (answer === 'empty') return { description: 'Done' };
  if (typeof answer === 'string')
    return {
      description: 'Done',
      content: { [MEDIA[answer] ?? 'application/octet-stream']: { schema: { type: 'string' } } },
    };
  return { description: 'Done', content: { 'application/json': { schema: schemaOf(answer, 'output') } } };
}
