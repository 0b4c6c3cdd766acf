import type { Administration } from '../personal/exposure.ts';
import type { PredictiveInterval } from '../../../twins/forecast.ts';
import { forecastValues, predictionInterval } from '../personal/personal-forecast.ts';
import type { PopulationModel } from '../personal/population-model.ts';
import { mixtureQuantile } from '../personal/predictive-mixture.ts';
import { posteriorOf } from '../personal/update-posterior.ts';
import { COVERAGES } from '../validation-table.ts';

/** The variable of the personal model that the image and its volume share. */
export const LESION_VOLUME = 'lesionVolume';
/** Below this part of a voxel nothing is seen. */
const LEAST_VOXELS = 0.5;
/** In mL, far below a voxel. */
const LEAST_FORECAST_ML = 1e-6;

/** A lesion's volume on a day, 0 where none was seen. */
export interface LesionVolume {
  readonly day: number;
  readonly volumeMl: number;
}

/** Where a lesion's volume goes, relative to what the last image shows. */
export interface LesionVolumeForecast {
  /** Of the patient's current level: the last image's volume, its error smoothed away. */
  readonly levelMl: number;
  readonly medianMl: number;
  /** Equally likely volumes in rising order. */
  readonly pointsMl: readonly number[];
  /** Central intervals of what will be seen, by rising coverage, as the personal model has them. */
  readonly intervals: readonly PredictiveInterval[];
}

/** What the ends of a central interval are stretched by. */
export interface IntervalFactor {
  /** 0..1 */
  readonly coverage: number;
  readonly factor: number;
}

/**
 * How far from its forecast a volume lies, as a factor on the width that the forecast itself tells on that side, of logarithms; what cannot be
 * seen counts as the least that can.
 * @param forecastMl that was answered. @param seenMl that came. @param voxelMl volume of a voxel.
 */
export function volumeScore(
  { medianMl, intervals }: Pick<LesionVolumeForecast, 'medianMl' | 'intervals'>,
  coverage: number,
  { forecastMl, seenMl, voxelMl }: { readonly forecastMl: number; readonly seenMl: number; readonly voxelMl: number },
): number {
  const { low, high } = intervals.find((one) => one.coverage === coverage)!;
  const [forecast, seen] = [forecastMl, seenMl].map((ml) => Math.log(Math.max(ml, LEAST_VOXELS * voxelMl)));
  const off = seen! - forecast!;
  const width = off > 0 ? Math.log(high / medianMl) : Math.log(medianMl / low);
  return off === 0 ? 0 : Math.abs(off) / Math.max(width, 1e-9);
}

/** Intervals about the volume that is answered, as wide as {@link volumeScore} found that they have to be, each within the next. */
export function volumeIntervals(
  { medianMl, intervals }: Pick<LesionVolumeForecast, 'medianMl' | 'intervals'>,
  forecastMl: number,
  factors: readonly IntervalFactor[],
): readonly PredictiveInterval[] {
  let [least, most] = [forecastMl, forecastMl];
  return intervals.map(({ coverage, low, high }) => {
    const { factor } = factors.find((one) => one.coverage === coverage)!;
    const end = (ml: number): number => forecastMl * (ml / medianMl) ** factor;
    least = Math.min(least, end(low));
    most = Math.max(most, end(high));
    return { coverage, low: least, high: most };
  });
}

/**
 * Volume of a lesion after a horizon under a plan, from the volumes that were seen so far.
 * @param model of the single variable {@link LESION_VOLUME}. @param volumes oldest first; the last day is the origin.
 * @param treatments everything given and planned, on the days of `volumes`, in the model's units of record.
 * @returns null where no lesion was seen in the last image.
 */
export function forecastLesionVolume(
  model: PopulationModel,
  volumes: readonly LesionVolume[],
  treatments: Readonly<Record<string, readonly Administration[]>>,
  { horizonDays, points, voxelMl }: { readonly horizonDays: number; readonly points: number; readonly voxelMl: number },
): LesionVolumeForecast | null {
  const seen = volumes.filter(({ volumeMl }) => volumeMl >= LEAST_VOXELS * voxelMl);
  if (seen.at(-1)?.day !== volumes.at(-1)?.day || seen.length === 0) return null;
  const open = withoutFloor(model);
  const { posterior } = posteriorOf(open, {
    statics: {},
    visits: seen.map(({ day, volumeMl }) => ({ day, values: { [LESION_VOLUME]: volumeMl } })),
    treatments,
  });
  const [answer] = forecastValues(open, posterior, { horizonsDays: [horizonDays], treatments });
  const forecast = answer!.values[LESION_VOLUME]!;
  return {
    levelMl: forecast.last,
    medianMl: forecast.median,
    pointsMl: Array.from({ length: points }, (_, index) =>
      horizonDays === 0 ? forecast.last : mixtureQuantile(forecast.distribution, (index + 0.5) / points),
    ),
    intervals: COVERAGES.map((coverage) => {
      const [low, high] = predictionInterval(forecast, coverage);
      return { coverage, low, high };
    }),
  };
}

const opened = new WeakMap<PopulationModel, PopulationModel>();

/** The same model, in which a lesion may shrink below what could be seen of those that were learned from. */
function withoutFloor(model: PopulationModel): PopulationModel {
  const known = opened.get(model);
  if (known !== undefined) return known;
  const variables = model.spec.variables.map((variable) => {
    const plausible = [LEAST_FORECAST_ML, variable.plausible[1]] as const;
    return { ...variable, floor: LEAST_FORECAST_ML, plausible };
  });
  const made = { ...model, spec: { ...model.spec, variables } };
  opened.set(model, made);
  return made;
}
