import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../contract/routes.ts';
import { openApiDocument } from './openapi.ts';

const document = openApiDocument('0.0.0') as { paths: Record<string, Record<string, { operationId: string }>> };

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect([result.valid, validator.version]).toEqual([true, '3.1']);
  });

  test('names every route of the table once', () => {
    const ids = Object.values(document.paths).flatMap((item) => Object.values(item).map((o) => o.operationId));
    expect(ids.sort()).toEqual(Object.keys(ROUTES).sort());
  });
});
