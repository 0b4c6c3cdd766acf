import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { DomainError, FaultError, IntegrationError } from '../../src/errors.ts';
import { createLogger, withLogContext } from '../../src/logger.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const stream = new PassThrough();
  write(createLogger('info', stream));
  const text = String(stream.read() ?? '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  test('drops what could identify a patient, an address or a credential', () => {
    const [line] = logged((logger) =>
      logger.info({
        kind: 'sync',
        url: 'https://x/Patient/1',
        token: 't',
        request: { headers: { authorization: 'b' }, patientId: 'p' },
      }),
    );
    expect(line).toMatchObject({ kind: 'sync', request: {} });
    expect(JSON.stringify(line)).not.toMatch(/Patient|authorization|"p"|"t"/);
  });

  test('keeps the words of our own errors and none of foreign ones', () => {
    const cause = new Error('Patient Jane Doe not found at https://ehr.example.org');
    const [ours] = logged((logger) =>
      logger.error({
        err: new IntegrationError('http', 'the FHIR server answered with an error', { status: 500, cause }),
      }),
    );
    expect(ours?.['err']).toMatchObject({
      message: 'the FHIR server answered with an error',
      kind: 'http',
      status: 500,
      cause: { type: 'Error' },
    });
    expect(JSON.stringify(ours)).not.toContain('Jane');
  });

  test('says class, reason and place of every kind of error', () => {
    const lines = logged((logger) => {
      logger.error({ err: new FaultError('broken') });
      logger.error({ err: new DomainError('NOT_FOUND', 'No such twin.') });
      logger.error({ err: 'a string' });
    });
    expect(lines.map(({ err }) => err)).toMatchObject([
      { type: 'FaultError', message: 'broken' },
      { type: 'DomainError', reason: 'NOT_FOUND' },
      { type: 'string' },
    ]);
  });

  test('takes no text of a foreign error for its name or code, and ends where causes go in a ring', () => {
    const foreign = Object.assign(new Error('x'), { name: 'Jane Doe 1957-03-21', code: 'Patient/Jane Doe' });
    foreign.cause = foreign;
    const [line] = logged((logger) => logger.error({ err: foreign }));
    expect(line?.['err']).toMatchObject({ type: 'Error', cause: { type: 'Error' } });
    expect(JSON.stringify(line)).not.toContain('Jane');
  });

  test('carries the ids of the request or job that it belongs to', () => {
    const lines = logged((logger) => {
      withLogContext({ jobId: 'job-1' }, () => logger.info('inside'));
      logger.info('outside');
    });
    expect(lines[0]).toMatchObject({ jobId: 'job-1' });
    expect(lines[1]).not.toHaveProperty('jobId');
  });
});
