import { administrationsOf, VOXEL_ML } from '../cohorts/tumour/image-cohort.ts';
import type { ClinicalDay } from '../cohorts/tumour/clinical-course.ts';
import { randomStream } from '../cohorts/random-stream.ts';
import type { DailyDoses } from '../cohorts/tumour/tumour-dynamics.ts';
import type { Standardisation } from '../forecasting/image/lesion-model.ts';
import { type LesionQuestion, SPREAD_POINTS } from '../forecasting/image/lesion-predictor.ts';
import { forecastLesionVolume, LESION_VOLUME } from '../forecasting/image/lesion-volume.ts';
import type { KnownValue } from '../forecasting/image/sequence-inputs.ts';
import type { PatientSeries } from '../forecasting/personal/patient-series.ts';
import type { PopulationModel } from '../forecasting/personal/population-model.ts';
import { type LesionRecord, outlined } from './lesion-records.ts';

/** How much of a treatment is ordinary in a week: what the network's plan is counted in. */
export const PLANNED = [
  { key: 'chemotherapy', amount: 75 },
  { key: 'radiotherapy', amount: 4 },
] as const;

/** Values beside the lesion's volume, with what they are called in the disease definition. */
const CLINICAL: readonly {
  readonly key: string;
  readonly of: (day: ClinicalDay) => number;
  readonly isLogarithm: boolean;
}[] = [
  { key: 'carcinoembryonicAntigen', of: (day) => day.ceaNgPerMl, isLogarithm: true },
  { key: 'haemoglobin', of: (day) => day.haemoglobinGPerDl, isLogarithm: false },
  { key: 'bodyWeight', of: (day) => day.bodyWeightKg, isLogarithm: false },
];

/** Which images of a record ask and answer. */
export interface LesionTask {
  readonly record: LesionRecord;
  /** Indices of the images that are known, rising; the last one is the origin. */
  readonly known: readonly number[];
  readonly target: number;
  readonly horizonDays: number;
}

/** Doses by day from the origin on; those that were given unless said otherwise. */
const plannedDoses = ({ record, known, horizonDays }: LesionTask): readonly DailyDoses[] => {
  const origin = record.images[known.at(-1)!]!.day;
  return record.patient.course.days.slice(origin, origin + horizonDays);
};

/** Volumes as they are seen, and doses, as a series of the personal layer. */
export const volumeSeriesOf = ({ patient, images }: LesionRecord): PatientSeries => ({
  statics: {},
  visits: images
    .filter(({ volumeMl }) => volumeMl >= VOXEL_ML)
    .map(({ day, volumeMl }) => ({ day, values: { [LESION_VOLUME]: volumeMl } })),
  treatments: administrationsOf(patient.course.days, 0),
});

/** Mean and spread of every variable of the network over some patients. */
export function standardisationOf(records: readonly LesionRecord[]): Standardisation[] {
  const rows = [
    {
      key: LESION_VOLUME,
      isLogarithm: true,
      values: records.flatMap(({ images }) => images.map(({ volumeMl }) => Math.max(VOXEL_ML, volumeMl))),
    },
    ...CLINICAL.map(({ key, of, isLogarithm }) => ({
      key,
      isLogarithm,
      values: records.flatMap(({ patient, images }) => images.map(({ day }) => of(patient.clinical[day]!))),
    })),
  ];
  return rows.map(({ key, isLogarithm, values }) => {
    const levels = values.map((value) => (isLogarithm ? Math.log(value) : value));
    const centre = levels.reduce((sum, level) => sum + level, 0) / levels.length;
    const scale = Math.sqrt(levels.reduce((sum, level) => sum + (level - centre) ** 2, 0) / levels.length);
    return { key, isLogarithm, centre, scale };
  });
}

/** Values of one image in the order of the network, standardised. */
export function standardised(record: LesionRecord, image: number, standards: readonly Standardisation[]): KnownValue[] {
  const { day, volumeMl } = record.images[image]!;
  const clinical = record.patient.clinical[day]!;
  return standards.map(({ key, isLogarithm, centre, scale }) => {
    const value =
      key === LESION_VOLUME ? Math.max(VOXEL_ML, volumeMl) : CLINICAL.find((one) => one.key === key)!.of(clinical);
    return { value: ((isLogarithm ? Math.log(value) : value) - centre) / scale, ageDays: 0 };
  });
}

/**
 * The question of a task: what is known at its origin, under the doses that were given or under others.
 * @returns null where the last image shows no lesion.
 */
export function questionOf(
  task: LesionTask,
  volumes: PopulationModel,
  standards: readonly Standardisation[],
  {
    frames,
    doses = plannedDoses(task),
    shrinkage = 1,
  }: {
    readonly frames: number;
    readonly doses?: readonly DailyDoses[];
    readonly shrinkage?: number;
  },
): LesionQuestion | null {
  const { record, known, horizonDays } = task;
  const origin = record.images[known.at(-1)!]!;
  const given = administrationsOf([...record.patient.course.days.slice(0, origin.day), ...doses], 0);
  const volume = forecastLesionVolume(
    volumes,
    known.map((index) => ({ day: record.images[index]!.day, volumeMl: record.images[index]!.volumeMl })),
    given,
    { horizonDays, points: SPREAD_POINTS, voxelMl: VOXEL_ML },
  );
  if (volume === null) return null;
  const planned = administrationsOf(doses.slice(0, horizonDays), 0);
  return {
    history: known.slice(-frames).map((index) => {
      const image = record.images[index]!;
      const { image: window, lesion } = outlined(image, origin, record.shape);
      return { image: window, lesion, day: image.day - origin.day, values: standardised(record, index, standards) };
    }),
    horizonDays,
    plan: PLANNED.map(({ key, amount }) => planned[key].reduce((sum, dose) => sum + dose.amount, 0) / amount),
    volume,
    shrinkage,
  };
}

/** The image that answers a task, in the brightness of the origin. */
export const answerOf = ({ record, known, target }: LesionTask): Float32Array =>
  outlined(record.images[target]!, record.images[known.at(-1)!]!, record.shape).image;

/**
 * Draws tasks of a record: an origin with at least one earlier image, a later target, and in every third one a history with gaps.
 * @param horizons days that may be asked for.
 */
export function drawTasks(
  record: LesionRecord,
  horizons: readonly number[],
  count: number,
  seed: number | string,
): LesionTask[] {
  const random = randomStream('lesion-tasks', seed, record.patient.key);
  const { images } = record;
  const tasks: LesionTask[] = [];
  for (let tries = 0; tasks.length < count && tries < 20 * count; tries++) {
    const horizonDays = horizons[random.index(horizons.length)]!;
    const origin = 1 + random.index(images.length - 2);
    const target = images.findIndex(({ day }) => day === images[origin]!.day + horizonDays);
    if (target < 0) continue;
    const isThinned = random.uniform() < 1 / 3;
    const known = Array.from({ length: origin + 1 }, (_, index) => index).filter(
      (index) => index === origin || !isThinned || random.uniform() < 0.6,
    );
    tasks.push({ record, known, target, horizonDays });
  }
  return tasks;
}
