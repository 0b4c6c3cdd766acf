import { type BenchReport, type BenchRow, type BenchTarget, describeMachine } from '../../bench/report.ts';
import { COVERAGE_LEVELS } from './error-sums.ts';
import type { JudgedCohort } from './question.ts';
import {
  coverageError,
  coverageOf,
  declinedPart,
  errorOverSeeds,
  errorRatio,
  type Judgement,
  meanError,
  type Selection,
} from './summary.ts';
import { type Chart, svgPage } from './svg-chart.ts';

/** What the twin has to stay below. */
const RIVALS = ['last value', 'linear trend', 'ridge', 'gradient boosting'] as const;
/** A variable counts as declined where most of its forecasts were. */
const DECLINED = 0.5;
const POINTS = { overall: 2, subgroup: 4 } as const;

export interface JudgedRun {
  readonly cohort: JudgedCohort;
  readonly judgement: Judgement;
  readonly seeds: readonly number[];
  readonly subjects: readonly string[];
  readonly subgroups: readonly string[];
  readonly notes: readonly string[];
}

/** The table of a run and whether the targets were met. */
export function valueReport({ cohort, judgement, seeds, subjects, subgroups, notes }: JudgedRun): BenchReport {
  const subjectRows = (subject: string): BenchRow[] => [
    ...overallRows(cohort, judgement, subject, seeds),
    ...cohort.variables.flatMap(({ key, unit }) => variableRows(judgement, { subject, variable: key }, unit)),
  ];
  return {
    name: cohort.name,
    machine: describeMachine(1),
    seeds,
    rows: [...subjects.flatMap(subjectRows), ...subgroupRows(judgement, subgroups)],
    targets: [
      ...cohort.variables.flatMap(({ key }) => [
        belowRivals(judgement, key, 'absolute', 'MAE'),
        belowRivals(judgement, key, 'squared', 'RMSE'),
      ]),
      ...coverageTargets(judgement, subgroups),
    ],
    notes,
  };
}

function overallRows(
  cohort: JudgedCohort,
  judgement: Judgement,
  subject: string,
  seeds: readonly number[],
): BenchRow[] {
  const row = { case: 'all variables', subject };
  const { sd } = errorOverSeeds(judgement, { subject }, 'scaled', seeds);
  const rows: BenchRow[] = [
    { ...row, metric: 'scaled MAE', ...meanError(judgement, { subject }, 'scaled'), unit: 'sd' },
    { ...row, metric: 'scaled MAE, sd over seeds', value: sd, unit: 'sd' },
    ...cohort.horizonBins.map((end, bin) => ({
      case: `up to ${Math.round(end)} d`,
      subject,
      metric: 'scaled MAE',
      ...meanError(judgement, { subject, bin }, 'scaled'),
      unit: 'sd',
    })),
  ];
  if (subject !== 'last value') {
    rows.push({
      ...row,
      metric: 'scaled MAE over last value',
      ...errorRatio(judgement, { subject }, 'last value', 'scaled'),
      unit: 'ratio',
    });
  }
  const coverage = coverageRows(judgement, { subject }, row);
  rows.push(...coverage);
  const declined = declinedPart(judgement, { subject });
  if (coverage.length > 0) rows.push({ ...row, metric: 'declined', value: 100 * declined, unit: '%' });
  return rows;
}

function variableRows(
  judgement: Judgement,
  selection: Selection & { readonly variable: string },
  unit: string,
): BenchRow[] {
  const row = { case: selection.variable, subject: selection.subject };
  const rows: BenchRow[] = [
    { ...row, metric: 'MAE', ...meanError(judgement, selection, 'absolute'), unit },
    { ...row, metric: 'RMSE', ...meanError(judgement, selection, 'squared'), unit },
  ];
  const coverage = coverageRows(judgement, selection, row);
  if (coverage.length === 0) return rows;
  rows.push(
    { ...row, metric: 'CRPS', ...meanError(judgement, selection, 'crps'), unit },
    { ...row, metric: 'width of 90 %', ...meanError(judgement, selection, 'width'), unit },
    ...coverage,
  );
  rows.push({ ...row, metric: 'declined', value: 100 * declinedPart(judgement, selection), unit: '%' });
  return rows;
}

const subgroupRows = (judgement: Judgement, subgroups: readonly string[]): BenchRow[] =>
  subgroups.flatMap((subgroup) =>
    coverageRows(judgement, { subject: 'twin', subgroup }, { case: subgroup, subject: 'twin' }),
  );

/** None where no intervals were told. */
const coverageRows = (
  judgement: Judgement,
  selection: Selection,
  { case: about, subject }: Pick<BenchRow, 'case' | 'subject'>,
): BenchRow[] =>
  (coverageOf(judgement, selection) ?? []).map(({ value, low, high }, k) => ({
    case: about,
    subject,
    metric: `coverage of ${100 * COVERAGE_LEVELS[k]!} %`,
    value: 100 * value,
    low: 100 * low,
    high: 100 * high,
    unit: '%',
  }));

/** The twin's error over that of its strongest rival; a variable that it declined is told as such. */
function belowRivals(
  judgement: Judgement,
  variable: string,
  measure: 'absolute' | 'squared',
  name: string,
): BenchTarget {
  const selection = { subject: 'twin', variable };
  const ratios = RIVALS.map((rival) => ({ rival, ...errorRatio(judgement, selection, rival, measure) }));
  const strongest = ratios.reduce((most, one) => (one.value > most.value ? one : most));
  const declined = declinedPart(judgement, selection);
  const isDeclined = declined > DECLINED;
  return {
    name: `${name} of the twin on ${variable} over ${strongest.rival}, its strongest rival (${strongest.low.toFixed(3)} .. ${strongest.high.toFixed(3)})${isDeclined ? `; declined ${Math.round(100 * declined)} %` : ''}`,
    value: strongest.value,
    target: 1,
    direction: 'max',
    met: strongest.value < 1 || isDeclined,
  };
}

function coverageTargets(judgement: Judgement, subgroups: readonly string[]): BenchTarget[] {
  // Where no intervals were told it is not a number, and the target missed.
  const worst = (selections: readonly Selection[]): number =>
    Math.max(
      ...selections.map((selection) => {
        const coverage = coverageOf(judgement, selection);
        return coverage === null ? NaN : coverageError(coverage);
      }),
    );
  const target = (name: string, value: number, most: number): BenchTarget => ({
    name,
    value,
    target: most,
    direction: 'max',
    met: value <= most,
  });
  return [
    target(
      'coverage of the twin at 50, 80, 90, 95 %, largest error in points',
      worst([{ subject: 'twin' }]),
      POINTS.overall,
    ),
    ...(subgroups.length === 0
      ? []
      : [
          target(
            'the same per subgroup',
            worst(subgroups.map((subgroup) => ({ subject: 'twin', subgroup }))),
            POINTS.subgroup,
          ),
        ]),
  ];
}

/** A page of plots: errors by horizon, the ratio to each rival by variable, coverage. */
export function valuePlots({ cohort, judgement, subjects, subgroups }: JudgedRun): string {
  const shown = subjects.filter((subject) => !subject.includes(' of another'));
  const years = cohort.horizonBins.map((end) => `<= ${Number((end / 365.25).toFixed(2))} y`);
  const byHorizon: Chart = {
    title: 'Error by horizon',
    x: 'horizon',
    y: 'scaled MAE',
    categories: years,
    yFromZero: true,
    series: shown.map((subject) => ({
      name: subject,
      isDashed: !subject.startsWith('twin'),
      points: cohort.horizonBins.map((_, bin) => ({
        x: bin,
        y: meanError(judgement, { subject, bin }, 'scaled').value,
      })),
    })),
  };
  const byVariable: Chart = {
    title: 'Twin over each rival (MAE), 95 % over patients',
    x: 'variable',
    y: 'ratio',
    categories: cohort.variables.map(({ key }) => (key.length > 10 ? `${key.slice(0, 9)}.` : key)),
    series: RIVALS.map((rival, place) => ({
      name: rival,
      isPoints: true,
      points: cohort.variables.map(({ key }, v) => {
        const { value, low, high } = errorRatio(judgement, { subject: 'twin', variable: key }, rival, 'absolute');
        return { x: v + 0.12 * (place - 1.5), y: value, low, high };
      }),
    })),
  };
  const coverage: Chart = {
    title: 'Coverage of central intervals',
    x: 'stated %',
    y: 'found %',
    hasDiagonal: true,
    series: [
      { name: 'twin, all', selection: { subject: 'twin' } },
      ...subgroups.map((subgroup) => ({ name: subgroup, selection: { subject: 'twin', subgroup } })),
    ].map(({ name, selection }) => ({
      name,
      points: (coverageOf(judgement, selection) ?? []).map(({ value }, k) => ({
        x: 100 * COVERAGE_LEVELS[k]!,
        y: 100 * value,
      })),
    })),
  };
  return svgPage(`${cohort.name}: forecasts of values`, [byHorizon, byVariable, coverage]);
}
