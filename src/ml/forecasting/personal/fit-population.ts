import { DomainError } from '../../../errors.ts';
import { effectLayout, effectStatistics, type EffectStatistics } from './effect-statistics.ts';
import { type StaticDesigns, staticDesigns } from './expectation.ts';
import { compileFeatures, type FeatureColumn } from './feature-columns.ts';
import { fitMeasurement } from './fit-measurement.ts';
import { goldenSection } from './golden-section.ts';
import { heavyTails } from './heavy-tails.ts';
import { countActing, cutIntervals, fillFeatures, hasInterval, type IntervalTable } from './interval-table.ts';
import { type EmResult, firstPrior, maximiseLikelihood } from './mixture-em.ts';
import { type CheckedSeries, checkSeries, designSize, type PatientSeries, staticDesign } from './patient-series.ts';
import { checkSpec, type PersonalSpec } from './personal-spec.ts';
import { countNumbers, type PopulationModel } from './population-model.ts';
import { trainingSupports } from './training-support.ts';

export interface FitOptions {
  /** Draws the first means of the components. */
  readonly seed: number;
  /** Rounds of the last maximisation; default 80. */
  readonly rounds?: number;
  /** Told after each probe and at the end, 0..1. */
  readonly onProgress?: (fraction: number) => void;
}

export interface FittedPopulation {
  readonly model: PopulationModel;
  /** What was left out of the data, one sentence each. */
  readonly caveats: readonly string[];
}

const ROUNDS = 80;
const FIRST_ROUNDS = 25;
const PROBES = 11;
const PROBE_ROUNDS = 12;
/** Part of an amount that is left after a step of the model: searched in this range. */
const KEPT_PER_STEP = [0, 0.95] as const;
/** Lengths that differ by less than this factor say nothing about how noise grows with time. */
const EVEN_LENGTHS = 1.25;

/**
 * Fits a population prior to other patients' series by maximum marginal likelihood: EM over the mixture, golden section over
 * half-lives of treatments and over how noise grows with the length of an interval; then, where values have measurement errors, EM and
 * search under the filter (`fitMeasurement`). Variables whose changes are far off more often than normal ones are found out
 * (`heavyTails`).
 *
 * A patient without any interval teaches nothing and is passed over. The same patients in the same order, declaration and
 * seed give the same model.
 * @throws {DomainError} INVALID_INPUT for a declaration or a series at fault; INSUFFICIENT_HISTORY where fewer than two
 *   patients have an interval.
 */
export function fitPopulation(
  patients: readonly PatientSeries[],
  spec: PersonalSpec,
  { seed, rounds = ROUNDS, onProgress = () => undefined }: FitOptions,
): FittedPopulation {
  checkSpec(spec);
  const checked = patients.map((series) => checkSeries(spec, series));
  const caveats = [...new Set(checked.flatMap((series) => series.caveats))];
  const columns = compileFeatures(spec);
  const halfLivesDays = Float64Array.from(spec.treatments, ({ halfLifeDays }) =>
    halfLifeDays === 'learned' ? 1 : halfLifeDays,
  );
  const population = checked.filter((series) => hasInterval(spec, series));
  if (population.length < 2) {
    throw new DomainError(
      'INSUFFICIENT_HISTORY',
      `Only ${population.length} of ${patients.length} patients have a value measured twice; a population needs 2 at least.`,
      { field: 'patients' },
    );
  }
  const tables = cutIntervals(spec, columns, population, halfLivesDays);
  const stepDays = medianOf(Float64Array.from(tables.flatMap(({ days, rows }) => [...days.subarray(0, rows)])));
  const referenceDays = Float64Array.from(tables, ({ days, rows }) =>
    rows === 0 ? stepDays : medianOf(days.subarray(0, rows)),
  );
  for (const [v, { rows }] of tables.entries()) {
    if (rows === 0) caveats.push(`${spec.variables[v]!.key} was never measured twice; nothing was learned of it.`);
  }
  spec.treatments.forEach(({ halfLifeDays }, t) => {
    if (halfLifeDays !== 'learned') return;
    halfLivesDays[t] = stepDays;
    countActing(spec, tables, population, t, stepDays);
  });
  const averageDesign = averageOf(spec, population);
  const designs = staticDesigns(population.map(({ statics }) => staticDesign(spec.statics, statics, averageDesign)));
  const fit: Fit = {
    spec,
    columns,
    population,
    tables,
    designs,
    halfLivesDays,
    referenceDays,
    measurementShares: new Float64Array(spec.variables.length),
  };

  fillFeatures(spec, columns, tables, population, false);
  let statistics = statisticsOf(fit);
  const { prior: start, least } = firstPrior(statistics, designs, spec.components, seed);
  let best = maximiseLikelihood(statistics, designs, start, least, FIRST_ROUNDS);
  const searches = searchesOf(fit);
  searches.forEach(({ range, set }, index) => {
    const found = goldenSection(
      (at) => {
        set(at);
        const tried = maximiseLikelihood(statisticsOf(fit), designs, best.prior, least, PROBE_ROUNDS);
        return tried.logLikelihood;
      },
      range,
      PROBES,
    );
    set(found.at);
    statistics = statisticsOf(fit);
    best = maximiseLikelihood(statistics, designs, best.prior, least, PROBE_ROUNDS);
    onProgress((index + 1) / (searches.length + 1));
  });
  best = maximiseLikelihood(statistics, designs, best.prior, least, rounds);
  const naive = modelOf(fit, best, stepDays, averageDesign, seed);
  const layout = effectLayout(columns.map(({ length }) => length));
  const measured = fitMeasurement({ model: naive, columns, layout }, { population, designs, least });
  const model = { ...measured, hasHeavyTails: heavyTails({ model: measured, columns, layout }, population) };
  onProgress(1);
  return { model, caveats };
}

interface Fit {
  readonly spec: PersonalSpec;
  readonly columns: readonly (readonly FeatureColumn[])[];
  readonly population: readonly CheckedSeries[];
  readonly tables: readonly IntervalTable[];
  readonly designs: StaticDesigns;
  readonly halfLivesDays: Float64Array;
  readonly referenceDays: Float64Array;
  readonly measurementShares: Float64Array;
}

const statisticsOf = ({ tables, population, columns, referenceDays, measurementShares }: Fit): EffectStatistics =>
  effectStatistics(
    tables,
    population.length,
    effectLayout(columns.map(({ length }) => length)),
    referenceDays,
    measurementShares,
  );

/** What is learned by search rather than in closed form, and how to try a value of it. */
function searchesOf(fit: Fit): { readonly range: readonly [number, number]; readonly set: (at: number) => void }[] {
  const { spec, columns, population, tables, halfLivesDays, measurementShares } = fit;
  const stepDays = medianOf(fit.referenceDays);
  const halfLives = spec.treatments.flatMap(({ halfLifeDays }, t) =>
    halfLifeDays === 'learned' && columns.flat().some(({ dependsOnCarryOver }) => dependsOnCarryOver)
      ? [
          {
            range: KEPT_PER_STEP,
            set: (kept: number): void => {
              halfLivesDays[t] = kept > 0 ? (stepDays * Math.LN2) / -Math.log(kept) : 0;
              countActing(spec, tables, population, t, halfLivesDays[t]);
              fillFeatures(spec, columns, tables, population, true);
            },
          },
        ]
      : [],
  );
  const shares = tables.flatMap(({ days, rows }, v) => {
    const sorted = days.slice(0, rows).sort();
    const isUneven =
      rows > 0 && sorted[Math.floor(0.95 * (rows - 1))]! > EVEN_LENGTHS * sorted[Math.floor(0.05 * rows)]!;
    return isUneven
      ? [{ range: [0, 1] as const, set: (share: number): void => void (measurementShares[v] = share) }]
      : [];
  });
  return [...halfLives, ...shares];
}

function modelOf(
  { spec, tables, population, halfLivesDays, referenceDays, measurementShares }: Fit,
  { prior, logLikelihood }: EmResult,
  stepDays: number,
  averageDesign: Float64Array,
  seed: number,
): PopulationModel {
  const intervals = tables.reduce((sum, { rows }) => sum + rows, 0);
  const model = {
    spec,
    prior,
    halfLivesDays,
    referenceDays,
    measurementShares,
    measurementSds: Float64Array.from(spec.variables, ({ measurementSd }) =>
      measurementSd === 'learned' ? 0 : measurementSd,
    ),
    hasHeavyTails: spec.variables.map(() => false),
    averageDesign,
    stepDays,
    supports: trainingSupports(spec, tables, population),
  };
  return {
    ...model,
    evidence: {
      patients: population.length,
      intervals,
      logLikelihoodPerInterval: logLikelihood / intervals,
      numbers: countNumbers(model),
      seed,
    },
  };
}

/** Over the patients whose statics are known. */
function averageOf(spec: PersonalSpec, population: readonly CheckedSeries[]): Float64Array {
  const unknown = new Float64Array(designSize(spec.statics)).fill(NaN);
  const designs = population.map(({ statics }) => staticDesign(spec.statics, statics, unknown));
  return unknown.map((_, at) => {
    const known = designs.map((design) => design[at]!).filter((number) => !Number.isNaN(number));
    return known.length === 0 ? 0 : known.reduce((sum, number) => sum + number, 0) / known.length;
  });
}

/** NaN of nothing. */
function medianOf(numbers: Float64Array): number {
  const sorted = numbers.slice().sort();
  return sorted.length === 0 ? NaN : (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[sorted.length >> 1]!) / 2;
}
