import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readLesionModel } from './lesion-model.ts';

/** An image model that was read and found good; threads read it again. */
export interface ShippedLesionModel {
  /** Id of the disease definition that it is for. */
  readonly disease: string;
  readonly path: string;
  readonly version: string;
}

const FILE = /^(?<disease>[a-z][a-z0-9-]*)-image-[^/]*\.safetensors$/;

/**
 * Finds image models in a folder, `DISEASE-image-VERSION.safetensors` beside their cards; of several of a disease the last by name. A folder
 * that does not exist has none.
 * @throws {ConfigurationError} for a file that is no such model.
 */
export async function loadLesionModels(folder: string): Promise<readonly ShippedLesionModel[]> {
  const names = (await readdir(folder).catch((): string[] => [])).toSorted();
  const models = new Map<string, ShippedLesionModel>();
  for (const name of names) {
    const disease = FILE.exec(name)?.groups?.['disease'];
    if (disease === undefined) continue;
    const path = join(folder, name);
    const { version } = await readLesionModel(path);
    models.set(disease, { disease, path, version });
  }
  return [...models.values()];
}
