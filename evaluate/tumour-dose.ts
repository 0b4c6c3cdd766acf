import { type BenchReport, type BenchRow, type BenchTarget, describeMachine, targetOf } from '../bench/report.ts';
import { writeResults } from './judge/write-results.ts';
import { LINEAR, QUADRATIC, TRUE_FORM } from './tumour-dose/dose-series.ts';
import { type DoseScores, runDoses } from './tumour-dose/run-doses.ts';
import { MEASUREMENT_ERRORS, type MeasuredScores, runMeasured } from './tumour-dose/run-measured.ts';
import { remembered, sourceHash } from './tumour-pkpd/remembered.ts';

const SEED = 10;
const GAMMAS = [0, 4] as const;
const DOSE_SIZES = { whole: { training: 4000, test: 400 }, quick: { training: 1000, test: 120 } };
const MEASURED_SIZES = {
  whole: { training: 4000, validation: 1, test: 500 },
  quick: { training: 300, validation: 1, test: 200 },
};
const UNIT = '% of V(13 cm)';

interface DoseRun {
  readonly name: string;
  readonly gamma: number;
  readonly learnedFrom: 'all doses' | 'at most 2 Gy';
  readonly scores: readonly DoseScores[];
}

interface MeasuredRun {
  readonly gamma: number;
  readonly scores: readonly MeasuredScores[];
}

/**
 * The tumour benchmark with continuous doses, with doses held out, and with volumes that are measured with an error. What was
 * computed by the same code in an earlier run is taken from there.
 */
export default async function tumourDose({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const length = quick ? 'quick' : 'whole';
  const hash = sourceHash(
    'src/ml/forecasting/personal',
    'src/ml/cohorts/tumour-benchmark',
    'src/ml/cohorts/tumour',
    'evaluate/tumour-pkpd',
    'evaluate/tumour-dose',
  );
  const doses: DoseRun[] = [];
  const measured: MeasuredRun[] = [];
  for (const gamma of GAMMAS) {
    for (const learnedFrom of ['all doses', 'at most 2 Gy'] as const) {
      const sizes = DOSE_SIZES[length];
      const key = `${hash}-${learnedFrom.replaceAll(' ', '-')}-${sizes.training}-${sizes.test}-${gamma}`;
      const scores = await remembered('tumour-dose', key, () => runDoses(SEED, gamma, sizes, learnedFrom));
      doses.push({ name: `learned from ${learnedFrom}, gamma ${gamma}`, gamma, learnedFrom, scores });
      console.error(`learned from ${learnedFrom}, gamma ${gamma}: done`);
    }
    const sizes = MEASURED_SIZES[length];
    const key = `${hash}-measured-${sizes.training}-${sizes.test}-${gamma}`;
    const scores = await remembered('tumour-dose', key, () => runMeasured(SEED, gamma, sizes));
    measured.push({ gamma, scores });
    console.error(`measured with error, gamma ${gamma}: done`);
  }
  const report: BenchReport = {
    name: 'tumour-dose',
    machine: describeMachine(1),
    seeds: [SEED],
    rows: [...doses.flatMap(doseRows), ...measured.flatMap(measuredRows)],
    targets: [...doses.flatMap(doseTargets), ...measured.flatMap(measuredTargets)],
    notes: [
      `Doses: ${DOSE_SIZES[length].training} patients to learn from, ${DOSE_SIZES[length].test} to be asked about; 5 x 5 doses of the next day and 4 plans of 6 days per patient and day.`,
      'The true functional form is told how radiation acts (d + d^2 / 10); what a patient is worth of it is learned all the same.',
      `Measured volumes: ${MEASURED_SIZES[length].training} patients to learn from, ${MEASURED_SIZES[length].test} to be asked about.`,
      'Measured volumes: the binary benchmark, one step; a prediction is compared with the true volume. The naive model takes measurements for truth.',
      'The filter with the population known has learned how patients differ from volumes without an error and is told the error: what it does not recover cannot be known from the measurements.',
      'Recovered is the part of what the naive model loses against volumes without an error. On the first days there is no past to filter, and most of the squared error lies there: rows from day 5 on show the filter itself.',
    ],
  };
  if (!quick) writeResults(report, {});
  return report;
}

const doseRows = ({ name, scores }: DoseRun): BenchRow[] =>
  scores.flatMap((one): BenchRow[] => {
    const row = { subject: one.subject, metric: 'nRMSE', unit: UNIT };
    const order = { subject: one.subject, metric: 'neighbours in order', unit: '%' };
    return [
      { ...row, case: `${name}: all doses, one step`, value: one.grid },
      { ...row, case: `${name}: doses of 3 and 4 Gy, one step`, value: one.highGrid },
      { ...row, case: `${name}: effect of a dose`, metric: 'RMSE', value: one.effect },
      { ...row, case: `${name}: plans, six steps`, value: one.plans.at(-1)! },
      { ...order, case: `${name}: drug`, value: 100 * one.chemoOrder },
      { ...order, case: `${name}: radiation`, value: 100 * one.radioOrder },
      ...(one.fitSeconds > 0
        ? [{ case: `${name}: fit`, subject: one.subject, metric: 'time, one thread', value: one.fitSeconds, unit: 's' }]
        : []),
    ];
  });

function doseTargets({ name, learnedFrom, scores }: DoseRun): BenchTarget[] {
  const of = (subject: string): DoseScores => scores.find((one) => one.subject === subject)!;
  const [own, truth] = [of(QUADRATIC.subject), of(TRUE_FORM.subject)];
  const heldOut =
    learnedFrom === 'all doses'
      ? []
      : [targetOf(`${name}: held-out 3 and 4 Gy over the true form`, own.highGrid / truth.highGrid, 1.05, 'max')];
  return [
    targetOf(`${name}: all doses over the true form`, own.grid / truth.grid, 1.05, 'max'),
    ...heldOut,
    targetOf(`${name}: neighbouring drug doses in order, %`, 100 * own.chemoOrder, 99.5, 'min'),
    targetOf(`${name}: neighbouring radiation doses in order, %`, 100 * own.radioOrder, 99.5, 'min'),
    targetOf(
      `${name}: answers under null doses that differ from the reference`,
      [QUADRATIC, LINEAR, TRUE_FORM].reduce((sum, { subject }) => sum + of(subject).nullDifferences, 0),
      0,
      'max',
    ),
  ];
}

const measuredRows = ({ gamma, scores }: MeasuredRun): BenchRow[] =>
  scores.flatMap(({ error, subject, all, later, relative, measurementSd }): BenchRow[] => {
    const name = error === 0 ? 'measured without error' : `measured with ${100 * error} % error`;
    return [
      { case: `${name}, gamma ${gamma}`, subject, metric: 'nRMSE', value: all, unit: UNIT },
      { case: `${name}, gamma ${gamma}, from day 5 on`, subject, metric: 'nRMSE', value: later, unit: UNIT },
      { case: `${name}, gamma ${gamma}`, subject, metric: 'relative RMSE', value: relative, unit: '% of the volume' },
      ...(subject === 'filter, error learned'
        ? [{ case: `${name}, gamma ${gamma}`, subject, metric: 'error found', value: 100 * measurementSd, unit: '%' }]
        : []),
    ];
  });

function measuredTargets({ gamma, scores }: MeasuredRun): BenchTarget[] {
  const clean = scores.find(({ error }) => error === 0)!;
  return MEASUREMENT_ERRORS.flatMap((error) => {
    const of = (subject: MeasuredScores['subject']): MeasuredScores =>
      scores.find((one) => one.error === error && one.subject === subject)!;
    const most = (what: 'all' | 'later' | 'relative'): string =>
      `; with the population known ${recovered(what, 'filter, population known').toFixed(2)}`;
    const recovered = (what: 'all' | 'later' | 'relative', subject: MeasuredScores['subject']): number =>
      (of('naive')[what] - of(subject)[what]) / (of('naive')[what] - clean[what]);
    const name = `${100 * error} % error, gamma ${gamma}`;
    return [
      targetOf(
        `${name}: recovered by the filter, nRMSE${most('all')}`,
        recovered('all', 'filter, error known'),
        0.5,
        'min',
      ),
      targetOf(
        `${name}: recovered from day 5 on, nRMSE${most('later')}`,
        recovered('later', 'filter, error known'),
        0.5,
        'min',
      ),
      targetOf(
        `${name}: recovered, relative RMSE${most('relative')}`,
        recovered('relative', 'filter, error known'),
        0.5,
        'min',
      ),
      targetOf(
        `${name}: recovered, relative RMSE, error learned${most('relative')}`,
        recovered('relative', 'filter, error learned'),
        0.5,
        'min',
      ),
      targetOf(
        `${name}: of what can be recovered with the population known, relative RMSE, error learned`,
        recovered('relative', 'filter, error learned') / recovered('relative', 'filter, population known'),
        0.9,
        'min',
      ),
    ];
  });
}
