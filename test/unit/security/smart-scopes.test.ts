import { describe, expect, it } from 'vitest';
import { permissionsOf } from '../../../src/security/smart-scopes.ts';
import { PERMISSIONS } from '../../../src/twins/caller.ts';

const granted = (scope: string): string[] => [...permissionsOf(scope)].sort();

describe('permissions of SMART scopes', () => {
  it('reads version 1 and version 2 alike', () => {
    expect(granted('openid user/Patient.read')).toEqual(['READ_PATIENT']);
    expect(granted('user/Patient.rs fhirUser')).toEqual(['READ_PATIENT']);
    expect(granted('system/Patient.cruds')).toEqual(['READ_PATIENT']);
  });

  it('grants everything for the wildcard of everything', () => {
    expect(granted('user/*.cruds')).toEqual([...PERMISSIONS].sort());
    expect(granted('system/*.*')).toEqual([...PERMISSIONS].sort());
  });

  it('grants reading only for the wildcard of reading', () => {
    expect(granted('user/*.read')).toEqual(['READ_IMAGE', 'READ_PATIENT', 'READ_RECORD', 'READ_TWIN']);
  });

  it('asks for every resource that a permission opens', () => {
    expect(granted('user/Observation.rs user/Condition.rs user/Procedure.rs')).toEqual([]);
    expect(granted('user/Observation.rs user/Condition.rs user/Procedure.rs user/MedicationAdministration.rs')).toEqual(
      ['READ_RECORD'],
    );
  });

  it('lets nobody change what they may not read', () => {
    expect(granted('user/DiseaseTwin.cu')).toEqual([]);
    expect(granted('user/Forecast.c')).toEqual([]);
    expect(granted('user/DiseaseTwin.crus')).toEqual(['READ_TWIN', 'WRITE_TWIN']);
    expect(granted('user/Forecast.c user/DiseaseTwin.rs')).toEqual(['READ_TWIN', 'RUN_FORECAST']);
  });

  it('adds up what several scopes say of one resource', () => {
    expect(granted('user/Patient.r user/Patient.s')).toEqual(['READ_PATIENT']);
    expect(granted('user/Patient.r')).toEqual([]);
  });

  it.each([
    ['one patient only', 'patient/Patient.rs patient/*.cruds'],
    ['a part of a resource only', 'user/Patient.rs?active=true'],
    ['operations out of order', 'user/Patient.sr'],
    ['another case', 'USER/Patient.rs'],
    ['nothing', ''],
    ['nonsense', 'user/.rs user/Patient user/Patient. /Patient.rs'],
  ])('grants nothing for %s', (_what, scope) => {
    expect(granted(scope)).toEqual([]);
  });
});
