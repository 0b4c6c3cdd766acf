import { ATROPHY_GRIDS, openAtrophyRenderer } from '../../src/ml/cohorts/atrophy/render-atrophy-visit.ts';
import {
  type AtrophyVariable,
  ATROPHY_VARIABLES,
  simulateAtrophyPatient,
} from '../../src/ml/cohorts/atrophy/simulate-atrophy-patient.ts';
import { forecastValues } from '../../src/ml/forecasting/personal/personal-forecast.ts';
import type { PatientSeries } from '../../src/ml/forecasting/personal/patient-series.ts';
import type { PopulationModel } from '../../src/ml/forecasting/personal/population-model.ts';
import { posteriorOf } from '../../src/ml/forecasting/personal/update-posterior.ts';
import type { ImageSeries, SeriesTask } from '../../src/ml/training/image-series.ts';

export const GRID = ATROPHY_GRIDS.slice64;
export const DAYS_PER_YEAR = 365.25;
const KEYS = Object.keys(ATROPHY_VARIABLES) as AtrophyVariable[];
/** Values whose forecast the network is told. */
const SHOWN: readonly AtrophyVariable[] = ['ventricleVolume', 'corticalThickness'];
const SCANNER_UNITS = 1000;

/** A person's images with the share of each pixel that is ventricle. */
export interface AtrophySeries extends ImageSeries {
  readonly series: PatientSeries;
  readonly ventricles: readonly Float32Array[];
}

/** Noise-free slices in one pose; the values keep their noise and gaps. */
export function atrophySeries(seed: number, index: number, key: string, series: PatientSeries): AtrophySeries {
  const { visits } = simulateAtrophyPatient(seed, index);
  const renderer = openAtrophyRenderer(seed, index);
  const rendered = visits.map(({ truth }, visit) =>
    renderer.render(visit, { ventricleMl: truth.ventricleVolume, cortexMm: truth.corticalThickness }, GRID, {
      isPosed: false,
      isNoisy: false,
    }),
  );
  return {
    key,
    series,
    ventricles: rendered.map(({ ventricle }) => ventricle),
    images: visits.map(({ day, values }, visit) => ({
      day,
      image: rendered[visit]!.voxels.map((voxel) => voxel / SCANNER_UNITS),
      values: KEYS.map((variable) => standardised(variable, values[variable])),
    })),
  };
}

/** About mean 0, spread 1 over the cohort. */
function standardised(variable: AtrophyVariable, value: number | undefined): number | null {
  if (value === undefined) return null;
  const [centre, spread] = (
    {
      cognitiveScore: [20, 15],
      ventricleVolume: [Math.log(35), 0.4],
      corticalThickness: [Math.log(2.4), 0.1],
      phosphorylatedTau: [Math.log(0.6), 0.5],
      neurofilament: [Math.log(25), 0.5],
    } as const
  )[variable];
  return ((variable === 'cognitiveScore' ? value : Math.log(Math.max(1e-3, value))) - centre) / spread;
}

/** Logarithms of the forecast over the current level, of the values that are shown, scaled to about 1. */
const SCALES = [0.15, 0.05];

/** Every question from a visit with one before it to every later one. @param volumes null: the network is told doses alone. */
export function atrophyTasks(one: AtrophySeries, volumes: PopulationModel | null): SeriesTask[] {
  const tasks: SeriesTask[] = [];
  for (let origin = 1; origin < one.images.length - 1; origin++) {
    const known = Array.from({ length: origin + 1 }, (_, index) => index);
    const originDay = one.images[origin]!.day;
    const targets = one.images.slice(origin + 1).map(({ day }) => day - originDay);
    const ahead = volumes === null ? null : forecastsOf(one, origin, targets, volumes);
    targets.forEach((days, index) => {
      const dose = Object.values(one.series.treatments)
        .flat()
        .reduce((sum, { fromDay, toDay, amount }) => {
          const overlap = Math.max(0, Math.min(toDay, originDay + days) - Math.max(fromDay, originDay));
          return sum + (toDay > fromDay ? (amount * overlap) / (toDay - fromDay) : 0);
        }, 0);
      tasks.push({
        series: one,
        known,
        target: origin + 1 + index,
        plan: [dose / (5 * DAYS_PER_YEAR), ...(ahead === null ? [] : ahead[index]!)],
      });
    });
  }
  return tasks;
}

function forecastsOf(
  one: AtrophySeries,
  origin: number,
  horizonsDays: readonly number[],
  model: PopulationModel,
): number[][] {
  const originDay = one.images[origin]!.day;
  const { posterior } = posteriorOf(model, {
    ...one.series,
    visits: one.series.visits.filter(({ day }) => day <= originDay),
  });
  return forecastValues(model, posterior, { horizonsDays, treatments: one.series.treatments }).map(({ values }) =>
    SHOWN.map((key, index) => {
      const forecast = values[key];
      return forecast == null ? 0 : Math.log(forecast.median / forecast.last) / SCALES[index]!;
    }),
  );
}
