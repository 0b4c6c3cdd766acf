import type { Variable as DomainVariable } from '../../twins/disease-definition.ts';
import type { VariableResolvers } from '../schema-types.ts';
import { upperCase } from './enum-names.ts';

export const Variable: VariableResolvers = {
  role: ({ role }) => upperCase(role),
  unit: unitOf,
  codes: (variable) => {
    if (variable.role !== 'static') return variable.codes;
    return 'codes' in variable.source ? variable.source.codes : [];
  },
  windowDays: (variable) => (variable.role === 'dynamic' ? variable.windowDays : null),
  plausibleRange: (variable) => (variable.role === 'dynamic' ? variable.plausible : null),
  maximumPerDay: (variable) => (variable.role === 'treatment' ? variable.maximumPerDay : null),
};

function unitOf(variable: DomainVariable): string | null {
  if (variable.role !== 'static') return variable.unit;
  if (variable.source.kind === 'observation') return variable.source.unit;
  // UCUM spells the year `a`.
  return variable.source.kind === 'age' ? 'a' : null;
}
