import { describe, expect, test } from 'vitest';
import { TWIN_STATUSES, withStatus } from '../../../src/twins/disease-twin.ts';
import type { DiseaseTwin, TwinStatus } from '../../../src/twins/disease-twin.ts';

const twin = (status: TwinStatus): DiseaseTwin => ({
  id: 'twin-1',
  tenantId: 'tenant-1',
  patientId: 'patient-1',
  diseaseId: 'test-disease',
  diseaseVersion: '1.0.0',
  modelId: 'm',
  status,
  statusReason: 'an older reason',
  referenceEntryId: null,
  revision: 3,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});
const canBecome = (from: TwinStatus): TwinStatus[] =>
  TWIN_STATUSES.filter((to) => {
    try {
      return withStatus(twin(from), to).status === to;
    } catch {
      return false;
    }
  });

describe('a twin that is', () => {
  test.each<[TwinStatus, TwinStatus[]]>([
    ['CREATED', ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED']],
    ['SYNCING', ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED']],
    ['REGISTERING', ['SYNCING', 'REGISTERING', 'READY', 'INCOMPLETE', 'FAULTED', 'RETIRED']],
    ['READY', ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED']],
    ['INCOMPLETE', ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED']],
    ['FAULTED', ['SYNCING', 'REGISTERING', 'FAULTED', 'RETIRED']],
    ['RETIRED', []],
  ])('%s can become %j and nothing else', (from, to) => {
    expect(canBecome(from)).toEqual(to);
  });
});

test('a twin becomes READY only from REGISTERING: never without its images aligned', () => {
  expect(TWIN_STATUSES.filter((from) => canBecome(from).includes('READY'))).toEqual(['REGISTERING']);
});

test('a step keeps everything but the status and its reason', () => {
  const before = twin('SYNCING');
  expect(withStatus(before, 'FAULTED', 'the PACS did not answer')).toEqual({
    ...before,
    status: 'FAULTED',
    statusReason: 'the PACS did not answer',
  });
  expect(withStatus(before, 'REGISTERING').statusReason).toBeNull();
});

test('a step that does not exist is refused as a conflict', () => {
  expect(() => withStatus(twin('RETIRED'), 'SYNCING')).toThrow(
    expect.objectContaining({ name: 'DomainError', reason: 'CONFLICT' }) as Error,
  );
});
