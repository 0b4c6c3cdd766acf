import { type BenchReport, type BenchRow, type BenchTarget, describeMachine, spread, targetOf } from './report.ts';
import { fitWithNumpy } from './personal/numpy-peer.ts';
import { seriesUntil, trainingSeries } from '../evaluate/tumour-pkpd/course-series.ts';
import { tumourSpec } from '../evaluate/tumour-pkpd/tumour-spec.ts';
import { tumourBenchmark } from '../src/ml/cohorts/tumour-benchmark/tumour-benchmark.ts';
import { fitPopulation } from '../src/ml/forecasting/personal/fit-population.ts';
import { forecastValues } from '../src/ml/forecasting/personal/personal-forecast.ts';
import { posteriorOf, updatePosterior } from '../src/ml/forecasting/personal/update-posterior.ts';

const SEED = 10;
const GAMMA = 2;
const PATIENTS = 10_000;
const REPEATS = 3;
/** Patients and plans that are asked about; a plan is over a week. */
const ASKED = 100;
const PLANS = 20;
const HORIZONS_DAYS = [1, 2, 3, 4, 5, 6, 7];

/**
 * The personal layer on 10,000 patients of the tumour benchmark with 60 days each, one thread: fitting beside the same EM in
 * numpy in the same run, learning from one more visit, and what-ifs over a week with their distributions.
 */
export default async function personal(): Promise<BenchReport> {
  const { training, validation } = tumourBenchmark(SEED, GAMMA, { training: PATIENTS, validation: ASKED, test: 1 });
  const series = trainingSeries(training);
  const spec = tumourSpec();
  const walls: number[] = [];
  const processors: number[] = [];
  let { model } = fitPopulation(series.slice(0, 200), spec, { seed: SEED });
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const wall = performance.now();
    const processor = process.cpuUsage();
    ({ model } = fitPopulation(series, spec, { seed: SEED }));
    walls.push((performance.now() - wall) / 1000);
    const used = process.cpuUsage(processor);
    processors.push((used.user + used.system) / 1e6);
  }
  const ours = spread(processors);

  const patients = Array.from({ length: ASKED }, (_, patient) => {
    const known = Math.max(1, Math.floor(validation.lastDays[patient]! / 2));
    const past = seriesUntil(validation, patient, known);
    return { past, known, posterior: posteriorOf(model, past).posterior };
  });
  const updates = patients.map(({ past, posterior, known }) => {
    const next = { day: known + 1, values: { volume: past.visits.at(-1)!.values['volume']! } };
    const started = performance.now();
    for (let k = 0; k < 20; k += 1) updatePosterior(model, posterior, next, past.treatments);
    return (performance.now() - started) / 20;
  });
  const whatIfs = Array.from({ length: REPEATS }, () => {
    const started = performance.now();
    for (const { posterior, known } of patients) {
      for (let plan = 0; plan < PLANS; plan += 1) {
        const day = known + (plan % 7);
        const amount = [{ fromDay: day, toDay: day, amount: 0.25 * plan }];
        const treatments = plan % 2 === 0 ? { chemotherapy: amount } : { radiotherapy: amount };
        forecastValues(model, posterior, { horizonsDays: HORIZONS_DAYS, treatments });
      }
    }
    return (ASKED * PLANS) / ((performance.now() - started) / 1000);
  });
  const perSecond = spread(whatIfs);
  const update = spread(updates);

  const rows: BenchRow[] = [
    { case: `fit of ${PATIENTS} patients`, subject: 'sequela', metric: 'processor time', unit: 's', ...ours },
    { case: `fit of ${PATIENTS} patients`, subject: 'sequela', metric: 'wall time', unit: 's', ...spread(walls) },
    {
      case: `fit of ${PATIENTS} patients`,
      subject: 'sequela',
      metric: 'log likelihood',
      value: model.evidence.logLikelihoodPerInterval,
      unit: 'per interval',
    },
    { case: 'one more visit', subject: 'sequela', metric: 'wall time', unit: 'ms', ...update },
    { case: 'what-if over 7 days', subject: 'sequela', metric: 'rate, one core', unit: 'per s', ...perSecond },
  ];
  const targets: BenchTarget[] = [
    targetOf('what-ifs per second and core', perSecond.value, 1000, 'min'),
    targetOf('learning from one more visit, median, ms', update.value, 1, 'max'),
  ];
  const notes = [
    `${model.evidence.numbers} numbers, half-life by search; processor time is compared, as other work may run beside.`,
    'A what-if has expected values and distributions of every day of a week.',
  ];
  const peer = await fitWithNumpy(training, SEED, REPEATS);
  if (peer === undefined) notes.push('numpy is not installed: no peer.');
  else {
    const theirs = spread(peer.processor);
    rows.push(
      { case: `fit of ${PATIENTS} patients`, subject: peer.version, metric: 'processor time', unit: 's', ...theirs },
      {
        case: `fit of ${PATIENTS} patients`,
        subject: peer.version,
        metric: 'wall time',
        unit: 's',
        ...spread(peer.wall),
      },
      {
        case: `fit of ${PATIENTS} patients`,
        subject: peer.version,
        metric: 'log likelihood',
        value: peer.logLikelihoodPerInterval,
        unit: 'per interval',
      },
    );
    targets.unshift(targetOf('fit: processor time over that of numpy', ours.value / theirs.value, 1, 'max'));
    notes.push(
      'Both start from components drawn by their own generators, so that they may end in different optima; rounds and rules of stopping are the same.',
    );
  }
  return { name: 'personal', machine: describeMachine(1), seeds: [SEED], rows, targets, notes };
}
