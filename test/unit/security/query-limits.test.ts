import { getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createApiSchema } from '../../../src/resolvers/schema.ts';
import { checkQueryLimits, DEFAULT_QUERY_LIMITS, validateOperation } from '../../../src/security/query-limits.ts';

const schema = createApiSchema();
const limits = { ...DEFAULT_QUERY_LIMITS, cost: 5000 };

function refusal(query: string, variables: Record<string, unknown> = {}, of = limits): string | null {
  const document = parse(query);
  return checkQueryLimits(schema, document, getOperationAST(document)!, variables, of)?.message ?? null;
}

const page = (first: string) =>
  `{ patients(first: ${first}) { nodes { twins { forecasts(first: ${first}) { nodes { id status } } } } } }`;

describe('query limits', () => {
  it('let the usual four-level query through', () => {
    expect(refusal(page('10'))).toBeNull();
  });

  it('count a list as long as it was asked for', () => {
    expect(refusal(page('100'))).toMatch(/more than 5000 values/);
  });

  it('know the length that a variable asks for, and its default', () => {
    const query = (fallback: string) =>
      `query ($n: Int${fallback}) { patients(first: $n) { nodes { twins { forecasts(first: $n) { nodes { id } } } } } }`;
    expect(refusal(query(''), { n: 10 })).toBeNull();
    expect(refusal(query(''), { n: 100 })).toMatch(/more than/);
    expect(refusal(query(' = 10'))).toBeNull();
    expect(refusal(query(' = 100'))).toMatch(/more than/);
  });

  it('count edges like nodes', () => {
    expect(
      refusal(
        '{ patients(first: 100) { edges { node { twins { forecasts(first: 20) { edges { node { id } } } } } } } }',
      ),
    ).toMatch(/more than/);
  });

  it('look into fragments', () => {
    const query = `{ ...A } fragment A on Query { patients(first: 100) { ...B } }
      fragment B on PatientConnection { nodes { twins { forecasts(first: 100) { nodes { id } } } } }`;
    expect(refusal(query)).toMatch(/more than/);
  });

  it('stop at fragments that multiply without selecting anything', () => {
    const levels = Array.from({ length: 40 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    const query = `{ ...F0 } ${levels.join('\n')} fragment F40 on Query { __typename }`;
    const startedAt = performance.now();
    expect(refusal(query)).toMatch(/too long/);
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  it('refuse too deep a query', () => {
    const nested = `${'twin { latestForecast { '.repeat(10)}id${' } }'.repeat(10)}`;
    expect(refusal(`{ forecast(id: "a") { ${nested} } }`)).toMatch(/levels deep/);
  });

  it('refuse too many aliases', () => {
    const aliases = Array.from({ length: 40 }, (_, i) => `a${i}: server { version }`).join(' ');
    expect(refusal(`{ ${aliases} }`)).toMatch(/aliases/);
  });

  it('leave introspection to its own policy', () => {
    const query = parse('{ __schema { types { name } } }');
    expect(validateOperation(schema, query, { introspection: true })).toEqual([]);
    expect(validateOperation(schema, query, { introspection: false })).toHaveLength(2);
  });
});
