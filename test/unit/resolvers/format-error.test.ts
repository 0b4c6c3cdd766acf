import { GraphQLError } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DomainError, IntegrationError } from '../../../src/errors.ts';
import { toClientError } from '../../../src/resolvers/format-error.ts';

const secret = 'password authentication failed for user "sequela" at 10.0.0.7';

describe('what a client may read of an error', () => {
  it('is the reason and the words of a refusal', () => {
    const error = new GraphQLError('x', {
      path: ['patients'],
      originalError: new DomainError('INVALID_INPUT', 'A page has 1 to 100 rows.', { field: 'first' }),
    });
    expect(toClientError(error, 'r1')).toEqual({
      formatted: {
        message: 'A page has 1 to 100 rows.',
        path: ['patients'],
        extensions: { code: 'INVALID_INPUT', field: 'first' },
      },
      fault: null,
    });
  });

  it.each([
    ['a fault of the database', new Error(secret)],
    ['a fault of a hospital system', new IntegrationError('http', secret)],
  ])('is a request id and nothing else of %s', (_what, cause) => {
    const error = new GraphQLError(secret, { path: ['patients'], originalError: cause });
    const { formatted, fault } = toClientError(error, 'r2');
    expect(JSON.stringify(formatted)).not.toContain('10.0.0.7');
    expect(formatted.extensions).toEqual({ code: 'INTERNAL', requestId: 'r2' });
    expect(fault).toBe(cause);
  });

  it('is nothing of an error with a code that nobody chose for clients', () => {
    const error = new GraphQLError(secret, { extensions: { code: 'INTERNAL_SERVER_ERROR', stacktrace: [secret] } });
    const { formatted, fault } = toClientError(error, 'r3');
    expect(JSON.stringify(formatted)).not.toContain('sequela');
    expect(fault).toBe(error);
  });

  it('is nothing of a result that does not fit the schema', () => {
    const error = new GraphQLError('Cannot return null for non-nullable field Patient.id.', {
      path: ['patient', 'id'],
    });
    expect(toClientError(error, 'r4').formatted.extensions?.['code']).toBe('INTERNAL');
  });

  it("is the library's own words about a query", () => {
    const error = new GraphQLError('Syntax Error: Unexpected "}".', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
    expect(toClientError(error, 'r5').formatted.message).toContain('Syntax Error');
  });
});
