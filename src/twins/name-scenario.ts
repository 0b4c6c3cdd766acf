import { DomainError } from '../errors.ts';
import type { Forecast } from './forecast.ts';
import type { Actor, TwinDependencies } from './ports.ts';

const LONGEST_NAME = 80;

/**
 * Keeps a what-if under a name, or lets the name go where it is null. Its answer stays as it is.
 * @throws {DomainError} NOT_FOUND, or INVALID_INPUT naming the field.
 */
export async function nameScenario(
  { unitOfWork }: Pick<TwinDependencies, 'unitOfWork'>,
  actor: Actor,
  input: { readonly forecastId: string; readonly name: string | null },
): Promise<Forecast> {
  const name = input.name?.trim().replace(/\s+/g, ' ') ?? null;
  if (name !== null && (name === '' || name.length > LONGEST_NAME)) {
    throw new DomainError('INVALID_INPUT', `A name has 1 to ${LONGEST_NAME} characters.`, { field: 'name' });
  }
  return unitOfWork.run(actor, async (stores) => {
    const scenario = await stores.forecasts.lock(input.forecastId);
    if (scenario === null) {
      throw new DomainError('NOT_FOUND', 'No such forecast.', { field: 'forecastId' });
    }
    if (scenario.referenceForecastId === null) {
      throw new DomainError('INVALID_INPUT', 'Only a what-if has a name; this is a forecast under the plan.', {
        field: 'forecastId',
      });
    }
    await stores.forecasts.name(scenario.id, name);
    await stores.audit.record({ action: 'name', subjectKind: 'Forecast', subjectId: scenario.id });
    return { ...scenario, name };
  });
}
