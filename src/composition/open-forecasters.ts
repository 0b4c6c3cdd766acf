import { createForecasters } from '../ml/forecasting/forecasters.ts';
import { createLesionImages, type ImageDevice } from '../ml/forecasting/image/lesion-images.ts';
import { loadLesionModels } from '../ml/forecasting/image/shipped-lesion-models.ts';
import { loadPersonalModels } from '../ml/forecasting/personal-model-file.ts';
import type { WorkerThreads } from '../ml/worker-threads.ts';
import { sha256OfJson } from '../twins/canonical-json.ts';
import { type DiseaseDefinition, dynamicsOf } from '../twins/disease-definition.ts';
import type { ForecastInput } from '../twins/forecast.ts';
import type { Forecaster } from '../twins/ports.ts';

/** The forecaster whose values are personal: its images come from an image model where the disease has one. */
const WITH_IMAGES = 'personal';

/**
 * Every forecaster by its id, with the models of a folder.
 * @throws {ConfigurationError} for a file in it that is no usable model.
 */
export async function openForecasters({
  threads,
  imageDevice,
  diseases,
  folder,
}: {
  readonly threads: WorkerThreads;
  /** Null: images are computed in the threads alone. */
  readonly imageDevice: ImageDevice | null;
  readonly diseases: ReadonlyMap<string, DiseaseDefinition>;
  readonly folder: string;
}): Promise<ReadonlyMap<string, Forecaster>> {
  const forecasters = createForecasters({ threads, models: await loadPersonalModels(folder) });
  const ofDynamics = new Map(
    (await loadLesionModels(folder)).flatMap((model) => {
      const definition = diseases.get(model.disease);
      return definition === undefined ? [] : [[sha256OfJson(dynamicsOf(definition)), model] as const];
    }),
  );
  if (ofDynamics.size === 0) return forecasters;
  const modelFor = ({ dynamics }: ForecastInput) => ofDynamics.get(sha256OfJson(dynamics)) ?? null;
  const images = createLesionImages(threads, modelFor, imageDevice);
  return new Map(
    [...forecasters].map(([id, forecaster]) => [id, id === WITH_IMAGES ? images.over(forecaster) : forecaster]),
  );
}
