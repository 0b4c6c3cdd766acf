import { DomainError } from '../errors.ts';
import { dynamicVariables, treatmentVariables } from './disease-definition.ts';
import type { DiseaseDefinition, DynamicVariable, TreatmentVariable } from './disease-definition.ts';
import type { Intervention } from './forecast.ts';

/** More changes than a person would compare at once. */
export const MAXIMUM_INTERVENTIONS = 20;

/**
 * Refuses a what-if that cannot be meant.
 * @throws {DomainError} TOO_LARGE for too many changes, else INVALID_INPUT, with the path of the first field at fault,
 *   e.g. `interventions[1].amountPerDay`: an unknown variable, a dose that is negative or above the definition's maximum,
 *   a value outside its plausible range, a window that is empty or not inside the time from origin to target, two
 *   changes of one thing at one time.
 */
export function checkInterventions(
  definition: DiseaseDefinition,
  interventions: readonly Intervention[],
  originAt: Date,
  targetAt: Date,
): void {
  if (interventions.length > MAXIMUM_INTERVENTIONS) {
    throw new DomainError('TOO_LARGE', `A what-if has at most ${MAXIMUM_INTERVENTIONS} interventions.`, {
      field: 'interventions',
    });
  }
  interventions.forEach((intervention, index) => {
    const at = `interventions[${index}]`;
    const earlier = interventions.slice(0, index).filter((other) => other.variable === intervention.variable);
    if (intervention.kind === 'treatment') {
      const { title } = checkTreatment(definition, intervention, at, originAt, targetAt);
      const overlapsEarlier = earlier.some(
        (other) => other.kind === 'treatment' && other.from < intervention.to && intervention.from < other.to,
      );
      if (overlapsEarlier) throw invalid(`${at}.from`, `Two changes of "${title}" overlap in time.`);
    } else {
      const { title } = checkValue(definition, intervention, at);
      if (earlier.some((other) => other.kind === 'value')) {
        throw invalid(`${at}.variable`, `"${title}" is changed twice.`);
      }
    }
  });
}

function checkTreatment(
  definition: DiseaseDefinition,
  intervention: Extract<Intervention, { kind: 'treatment' }>,
  at: string,
  originAt: Date,
  targetAt: Date,
): TreatmentVariable {
  const variables = treatmentVariables(definition);
  const variable = variables.find((known) => known.key === intervention.variable);
  if (variable === undefined) {
    throw invalid(`${at}.variable`, `This is no treatment of the disease definition, which has ${listed(variables)}.`);
  }
  const { from, to, amountPerDay } = intervention;
  if (!Number.isFinite(amountPerDay) || amountPerDay < 0 || amountPerDay > variable.maximumPerDay) {
    const most = `${variable.maximumPerDay} ${variable.unit}`;
    throw invalid(`${at}.amountPerDay`, `"${variable.title}" must be from 0 to ${most} per day.`);
  }
  if (!(from.getTime() >= originAt.getTime())) {
    throw invalid(`${at}.from`, 'A change must not begin before the last usable image, where the forecast starts.');
  }
  if (!(to.getTime() <= targetAt.getTime())) {
    throw invalid(`${at}.to`, 'A change must not end after the target date.');
  }
  if (!(from.getTime() < to.getTime())) throw invalid(`${at}.to`, 'A change must end after it begins.');
  return variable;
}

function checkValue(
  definition: DiseaseDefinition,
  intervention: Extract<Intervention, { kind: 'value' }>,
  at: string,
): DynamicVariable {
  const variables = dynamicVariables(definition);
  const variable = variables.find((known) => known.key === intervention.variable);
  if (variable === undefined) {
    throw invalid(
      `${at}.variable`,
      `This is no measured value of the disease definition, which has ${listed(variables)}.`,
    );
  }
  const [low, high] = variable.plausible;
  if (!(intervention.value >= low && intervention.value <= high)) {
    throw invalid(`${at}.value`, `"${variable.title}" must be from ${low} to ${high} ${variable.unit}.`);
  }
  return variable;
}

function invalid(field: string, message: string): DomainError {
  return new DomainError('INVALID_INPUT', message, { field });
}

const listed = (variables: readonly { readonly key: string; readonly title: string }[]): string =>
  variables.map(({ key, title }) => `"${title}" (${key})`).join(', ') || 'none';
