import type { ClinicalCourse } from '../../src/twins/clinical-course.ts';
import type { Dynamics } from '../../src/twins/dynamics.ts';
import type { ForecastInput, ForecastVisit } from '../../src/twins/forecast.ts';
import type { ChangeHistory } from '../../src/twins/ports.ts';
import type { VolumeShape } from '../../src/twins/volume.ts';

const DAY_MS = 86_400_000;
const WORLD_START_MS = Date.UTC(2020, 0, 1);

/** Uniform numbers in [0, 1) and standard normal ones, the same for the same seed. */
export function randomStream(seed: number): { readonly uniform: () => number; readonly normal: () => number } {
  let state = seed * 2_654_435_761 + 1;
  const uniform = (): number => {
    state = (Math.imul(state ^ (state >>> 16), 0x45d9f3b) + 0x9e3779b9) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** How patients of a simulated world change; per-day and per-dose effects on log(marker) and on the brightness of a bright spot in darker tissue. */
export interface ChangeWorld {
  readonly markerPerDay: number;
  readonly markerPerDose: number;
  readonly brightnessPerDay: number;
  readonly brightnessPerDose: number;
  /** Standard deviation of what is measured around the truth, in the same units. */
  readonly noise: number;
  readonly shape: VolumeShape;
  readonly visits: number;
}

export const QUIET_WORLD: ChangeWorld = {
  markerPerDay: 0.001,
  markerPerDose: -0.02,
  brightnessPerDay: 0.05,
  brightnessPerDose: -0.6,
  noise: 0,
  shape: [1, 12, 12],
  visits: 5,
};

const VARIABLES = [{ key: 'marker', plausible: [0.01, 10_000] }] as const;

const DYNAMICS: Dynamics = {
  timeUnitDays: 1,
  components: 1,
  statics: [],
  variables: [
    {
      key: 'marker',
      title: 'Marker',
      plausible: VARIABLES[0].plausible,
      change: 'log',
      scale: 1,
      measurementSd: 'learned',
      features: [{ kind: 'intercept' }, { kind: 'dose', treatment: 'drug' }],
    },
  ],
  treatments: [{ key: 'drug', title: 'Drug', ordinaryAmount: 1, halfLifeDays: 0, maximumPerDay: 10 }],
};

/** A patient of the world: irregular visits 60..120 days apart, doses 0..10 between them, a structured picture. */
export function simulateHistory(world: ChangeWorld, seed: number): ChangeHistory {
  const { uniform, normal } = randomStream(seed);
  const count = world.shape[0] * world.shape[1] * world.shape[2];
  const [, , width] = world.shape;
  // Air above, uneven tissue below, and a bright spot on its left, which alone changes.
  const isAir = (index: number): boolean => index % (world.shape[1] * width) < 2 * width;
  const isSpot = (index: number): boolean => !isAir(index) && index % width < width / 4;
  const structure = Float64Array.from({ length: count }, (_, index) =>
    isAir(index) ? 5 : isSpot(index) ? 300 : 180 + 40 * uniform(),
  );
  const visits: { day: number; logMarker: number; brightness: number; dose: number }[] = [];
  let state = { day: 0, logMarker: Math.log(50) + 0.3 * normal(), brightness: 0, dose: 10 * uniform() };
  for (let index = 0; index < world.visits; index += 1) {
    visits.push(state);
    const days = Math.round(60 + 60 * uniform());
    const dose = 10 * uniform();
    state = {
      day: state.day + days,
      logMarker: state.logMarker + world.markerPerDay * days + world.markerPerDose * dose,
      brightness: state.brightness + world.brightnessPerDay * days + world.brightnessPerDose * dose,
      dose,
    };
  }
  const last = visits.at(-1)!.day;
  const seen = visits.map(({ day, logMarker, brightness, dose }): ForecastVisit => ({
    day: day - last,
    voxels: Float32Array.from(
      structure,
      (voxel, index) => voxel + (isSpot(index) ? brightness : 0) + 20 * world.noise * normal(),
    ),
    values: { marker: Math.exp(logMarker + world.noise * normal()) },
    exposures: { drug: dose },
  }));
  const times = visits.map(({ day }) => WORLD_START_MS + day * DAY_MS);
  return {
    visits: seen,
    occurredAtMs: times,
    knownAtMs: times,
    shape: world.shape,
    variables: VARIABLES,
    treatmentKeys: ['drug'],
    course: courseOf(seen, times),
  };
}

/** The same visits as measurements and doses, each dose spread over the interval before its visit. */
function courseOf(visits: readonly ForecastVisit[], knownAtMs: readonly number[]): ClinicalCourse {
  return {
    measurements: visits.flatMap(({ day, values }, index) =>
      Object.entries(values).map(([variable, value]) => ({ variable, day, value, knownAtMs: knownAtMs[index]! })),
    ),
    doses: visits.slice(1).map(({ day, exposures }, index) => ({
      treatment: 'drug',
      fromDay: visits[index]!.day,
      toDay: day,
      amount: exposures['drug']!,
      knownAtMs: knownAtMs[index + 1]!,
    })),
    statics: {},
  };
}

/** The forecast question about a history: `horizonDays` after its last visit, with this much of the drug. */
export function forecastInputOf(
  history: ChangeHistory,
  question: {
    readonly horizonDays: number;
    readonly dose: number;
    readonly population?: readonly Uint8Array[];
    readonly populationAsOfMs?: number;
  },
): ForecastInput {
  const exposures = { drug: question.dose };
  const marker = history.visits.at(-1)!.values['marker'];
  return {
    horizonDays: question.horizonDays,
    populationAsOfMs: question.populationAsOfMs ?? Number.MAX_SAFE_INTEGER,
    visits: history.visits,
    shape: history.shape,
    valueOrigins:
      marker === undefined ? {} : { marker: { value: marker, intervalDays: question.horizonDays, exposures } },
    variables: history.variables,
    treatmentKeys: history.treatmentKeys,
    dynamics: DYNAMICS,
    course: {
      ...history.course,
      doses: [
        ...history.course.doses,
        { treatment: 'drug', fromDay: 0, toDay: question.horizonDays, amount: question.dose, knownAtMs: 0 },
      ],
    },
    plannedExposures: exposures,
    population: question.population ?? [],
    seed: 1,
  };
}

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
