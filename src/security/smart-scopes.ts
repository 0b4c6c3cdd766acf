import { PERMISSIONS, type Permission } from '../twins/caller.ts';

/** One SMART App Launch scope for a resource, v1 (`.read`) or v2 (`.rs`). */
const SCOPE = /^(user|system)\/(\*|[A-Za-z]+)\.(?:(read|write|\*)|(c?r?u?d?s?))$/;
const V1_OPERATIONS = { read: 'rs', write: 'cud', '*': 'cruds' } as const;

/** Resource and operations that each permission stands for. `DiseaseTwin` and `Forecast` are resources of this server. */
const NEEDS: Record<Permission, readonly { readonly resource: string; readonly operations: string }[]> = {
  READ_PATIENT: [{ resource: 'Patient', operations: 'rs' }],
  READ_RECORD: ['Observation', 'MedicationAdministration', 'Condition', 'Procedure'].map((resource) => ({
    resource,
    operations: 'rs',
  })),
  READ_IMAGE: [{ resource: 'ImagingStudy', operations: 'rs' }],
  READ_TWIN: [{ resource: 'DiseaseTwin', operations: 'rs' }],
  // Who changes something reads the answer too: otherwise it would be done, and the answer refused.
  WRITE_TWIN: [{ resource: 'DiseaseTwin', operations: 'crus' }],
  RUN_FORECAST: [
    { resource: 'Forecast', operations: 'c' },
    { resource: 'DiseaseTwin', operations: 'rs' },
  ],
};

/**
 * The permissions that an access token's `scope` grants (SMART App Launch 2.2, scopes for requesting FHIR resources).
 *
 * Scopes that narrow access are not honoured halfway but grant nothing: `patient/` confines to the patient of a launch
 * context and `?` to a part of a resource, and this server can hold to neither.
 */
export function permissionsOf(scope: string): ReadonlySet<Permission> {
  const granted = new Map<string, Set<string>>();
  for (const word of scope.split(/\s+/)) {
    const match = SCOPE.exec(word);
    if (match === null) continue;
    const [, , resource = '', v1, v2 = ''] = match;
    const operations = v1 === undefined ? v2 : V1_OPERATIONS[v1 as keyof typeof V1_OPERATIONS];
    const of = granted.get(resource) ?? new Set();
    for (const operation of operations) of.add(operation);
    granted.set(resource, of);
  }
  const may = (resource: string, operation: string): boolean =>
    granted.get(resource)?.has(operation) === true || granted.get('*')?.has(operation) === true;
  return new Set(
    PERMISSIONS.filter((permission) =>
      NEEDS[permission].every(({ resource, operations }) =>
        operations.split('').every((operation) => may(resource, operation)),
      ),
    ),
  );
}
