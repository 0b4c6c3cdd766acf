import { assembleChangeHistory } from './change-history.ts';
import type { LoadedTwin } from './load-twin.ts';
import { loadAlignedVoxels } from './load-aligned-voxels.ts';
import type { Actor, TwinDependencies } from './ports.ts';

/**
 * Lets every forecaster learn from this twin what forecasts of other patients may use. Nothing of it identifies the
 * patient; it is stored as one blob per forecaster.
 */
export async function summarisePopulation(
  { unitOfWork, forecasters, blobs, clock, units }: TwinDependencies,
  actor: Actor,
  { twin, definition, visits, entries }: LoadedTwin,
  signal: AbortSignal,
): Promise<void> {
  const voxelsByVisit = await loadAlignedVoxels(blobs, visits);
  const history = assembleChangeHistory({
    definition,
    visits,
    entries,
    clock: 'recorded',
    voxelsByVisit,
    convert: units,
  });
  for (const forecaster of forecasters.values()) {
    const summary = await forecaster.summarise(history, signal);
    if (summary === null) {
      continue;
    }
    const sha256 = await blobs.put(summary);
    await unitOfWork.run(actor, (stores) =>
      stores.population.save({
        twinId: twin.id,
        modelId: forecaster.modelId,
        diseaseId: twin.diseaseId,
        sha256,
        knownAt: clock.now(),
      }),
    );
  }
}
