import { describe, expect, it } from 'vitest';
import { ConfigurationError, DomainError, FaultError, IntegrationError } from '../../../src/errors.ts';
import { errorOfRecord, recordOfError } from '../../../src/ml/error-record.ts';

const travelled = (error: unknown): Error => errorOfRecord(structuredClone(recordOfError(error)));

describe('an error that travelled as a record', () => {
  it.each([
    new DomainError('TOO_LARGE', 'too large', { field: 'moving' }),
    new DomainError('CANCELLED', 'cancelled'),
    new IntegrationError('http', 'the PACS answered with 503', { status: 503, retryAfterMs: 2000 }),
    new ConfigurationError('settings', ['PORT is not a number', 'HOST is empty']),
    new FaultError('a defect'),
  ])('keeps its class, fields, message and stack: $name', (error) => {
    const back = travelled(error);
    expect(back).toBeInstanceOf(error.constructor);
    expect(back).toEqual(error);
    expect(back.stack).toBe(error.stack);
  });

  it('keeps its causes, of any class', () => {
    const root = new RangeError('out of range');
    const back = travelled(new FaultError('outer', { cause: new DomainError('CONFLICT', 'middle', { cause: root }) }));
    expect(back.cause).toBeInstanceOf(DomainError);
    expect((back.cause as Error).cause).toMatchObject({ name: 'RangeError', message: 'out of range' });
  });

  it('of another class becomes the cause of a fault, as does what is no error', () => {
    expect(travelled(new SyntaxError('odd'))).toMatchObject({ name: 'FaultError', cause: { name: 'SyntaxError' } });
    expect(travelled('thrown text')).toMatchObject({ name: 'FaultError', cause: { message: 'thrown text' } });
  });

  it('ends at a chain of causes that never ends', () => {
    const error = new Error('round');
    error.cause = error;
    expect(() => travelled(error)).not.toThrow();
  });
});
