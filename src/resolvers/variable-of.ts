import type { Variable } from '../twins/disease-definition.ts';
import type { ApiContext } from './context.ts';

/** A variable of a twin's definition by its key; null where this server no longer has it. */
export async function variableOf(
  { loaders, twins }: ApiContext,
  twinId: string,
  key: string,
): Promise<Variable | null> {
  const twin = await loaders.twin.load(twinId);
  const definition = twin === null ? undefined : twins.diseases.get(twin.diseaseId);
  return definition?.variables.find((variable) => variable.key === key) ?? null;
}
