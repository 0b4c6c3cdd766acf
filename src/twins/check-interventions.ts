import { DomainError } from '../errors.ts';
import { dynamicVariables, treatmentVariables } from './disease-definition.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import type { Intervention } from './forecast.ts';

/** More changes than a person would compare at once. */
export const MAXIMUM_INTERVENTIONS = 50;

/**
 * Refuses a what-if that cannot be meant.
 * @throws {DomainError} INVALID_INPUT with the path of the first field at fault, e.g. `interventions[1].amountPerDay`:
 *   an unknown variable, a dose that is negative or above the definition's maximum, a value outside its plausible range,
 *   a window that is empty or not inside the time from origin to target, two changes of one thing at one time.
 */
export function checkInterventions(
  definition: DiseaseDefinition,
  interventions: readonly Intervention[],
  originAt: Date,
  targetAt: Date,
): void {
  if (interventions.length > MAXIMUM_INTERVENTIONS) {
    throw invalid('interventions', `at most ${MAXIMUM_INTERVENTIONS} interventions are possible`);
  }
  interventions.forEach((intervention, index) => {
    const at = `interventions[${index}]`;
    const earlier = interventions.slice(0, index).filter((other) => other.variable === intervention.variable);
    if (intervention.kind === 'treatment') {
      checkTreatment(definition, intervention, at, originAt, targetAt);
      const overlapsEarlier = earlier.some(
        (other) => other.kind === 'treatment' && other.from < intervention.to && intervention.from < other.to,
      );
      if (overlapsEarlier) throw invalid(`${at}.from`, 'two interventions on one treatment overlap in time');
    } else {
      checkValue(definition, intervention, at);
      if (earlier.some((other) => other.kind === 'value')) {
        throw invalid(`${at}.variable`, 'this variable is changed twice');
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
): void {
  const variable = treatmentVariables(definition).find((known) => known.key === intervention.variable);
  if (variable === undefined) {
    throw invalid(`${at}.variable`, `must be a treatment of this disease: ${keys(treatmentVariables(definition))}`);
  }
  const { from, to, amountPerDay } = intervention;
  if (!Number.isFinite(amountPerDay) || amountPerDay < 0 || amountPerDay > variable.maximumPerDay) {
    throw invalid(`${at}.amountPerDay`, `must be from 0 to ${variable.maximumPerDay} ${variable.unit} per day`);
  }
  if (!(from.getTime() >= originAt.getTime())) {
    throw invalid(`${at}.from`, 'must not be before the last usable image, from which the forecast starts');
  }
  if (!(to.getTime() <= targetAt.getTime())) throw invalid(`${at}.to`, 'must not be after the target date');
  if (!(from.getTime() < to.getTime())) throw invalid(`${at}.to`, 'must be after the start of the intervention');
}

function checkValue(
  definition: DiseaseDefinition,
  intervention: Extract<Intervention, { kind: 'value' }>,
  at: string,
): void {
  const variable = dynamicVariables(definition).find((known) => known.key === intervention.variable);
  if (variable === undefined) {
    throw invalid(
      `${at}.variable`,
      `must be a measured variable of this disease: ${keys(dynamicVariables(definition))}`,
    );
  }
  const [low, high] = variable.plausible;
  if (!(intervention.value >= low && intervention.value <= high)) {
    throw invalid(`${at}.value`, `must be from ${low} to ${high} ${variable.unit}`);
  }
}

function invalid(field: string, message: string): DomainError {
  return new DomainError('INVALID_INPUT', message, { field });
}

const keys = (variables: readonly { readonly key: string }[]): string =>
  variables.map((variable) => variable.key).join(', ') || 'it has none';
