import { DomainError } from '../errors.ts';
import { storeVolume } from './catalogue-image.ts';
import type { Forecast } from './forecast.ts';
import { type LesionDifference, lesionDifferences } from './lesion-volume.ts';
import type { Actor, CataloguedImage, TwinDependencies } from './ports.ts';
import { voxelsOfBytes } from './volume.ts';

export interface ForecastComparison {
  readonly reference: Forecast;
  readonly scenario: Forecast;
  /** Scenario minus reference. */
  readonly image: {
    readonly difference: CataloguedImage;
    readonly meanAbsoluteDifference: number;
    readonly maximumAbsoluteDifference: number;
    /** True when both pictures are the same bytes. */
    readonly isIdentical: boolean;
    /** Empty where one of the forecasts follows none. */
    readonly lesions: readonly LesionDifference[];
  } | null;
  readonly values: readonly {
    readonly variable: string;
    readonly unit: string;
    readonly reference: number | null;
    readonly scenario: number | null;
    readonly difference: number | null;
  }[];
}

/**
 * Sets a what-if beside the forecast that it was asked about.
 * @throws {DomainError} NOT_FOUND; INVALID_INPUT when the two do not belong together; CONFLICT while one still runs.
 */
export async function compareForecasts(
  { unitOfWork, blobs }: Pick<TwinDependencies, 'unitOfWork' | 'blobs'>,
  actor: Actor,
  input: { readonly referenceId: string; readonly scenarioId: string },
): Promise<ForecastComparison> {
  const { reference, scenario } = await unitOfWork.run(actor, async (stores) => {
    const found = await stores.forecasts.byIds([input.referenceId, input.scenarioId]);
    return {
      reference: answered(found, input.referenceId, 'referenceId'),
      scenario: answered(found, input.scenarioId, 'scenarioId'),
    };
  });
  if (reference.twinId !== scenario.twinId || reference.targetAt.getTime() !== scenario.targetAt.getTime()) {
    throw new DomainError('INVALID_INPUT', 'Only forecasts of one twin for one target date can be compared.', {
      field: 'scenarioId',
    });
  }
  const values = reference.values.map(({ variable, unit, value }) => {
    const other = scenario.values.find((candidate) => candidate.variable === variable)?.value ?? null;
    const difference = value === null || other === null ? null : other - value;
    return { variable, unit, reference: value, scenario: other, difference };
  });
  return { reference, scenario, values, image: await compareImages() };

  async function compareImages(): Promise<ForecastComparison['image']> {
    if (reference.image === null || scenario.image === null) {
      return null;
    }
    const { geometry } = reference.image;
    const before = voxelsOfBytes(await blobs.get(reference.image.sha256), geometry.shape);
    const after = voxelsOfBytes(await blobs.get(scenario.image.sha256), geometry.shape);
    const voxels = after.map((voxel, index) => voxel - before[index]!);
    let sum = 0;
    let maximum = 0;
    for (const voxel of voxels) {
      sum += Math.abs(voxel);
      maximum = Math.max(maximum, Math.abs(voxel));
    }
    const difference = await storeVolume(blobs, { ...geometry, voxels }, 'change');
    await unitOfWork.run(actor, (stores) => stores.images.add(difference));
    return {
      difference,
      meanAbsoluteDifference: sum / voxels.length,
      maximumAbsoluteDifference: maximum,
      isIdentical: reference.image.sha256 === scenario.image.sha256,
      lesions: lesionDifferences(reference.image.lesions, scenario.image.lesions),
    };
  }
}

function answered(found: readonly Forecast[], id: string, field: string): Forecast {
  const forecast = found.find((one) => one.id === id);
  if (forecast === undefined) {
    throw new DomainError('NOT_FOUND', 'No such forecast.', { field });
  }
  if (forecast.status !== 'ISSUED' && forecast.status !== 'DECLINED') {
    throw new DomainError('CONFLICT', `This forecast has no answer: it is ${forecast.status.toLowerCase()}.`, {
      field,
    });
  }
  return forecast;
}
