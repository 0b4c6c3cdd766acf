import { COVERAGE_LEVELS } from './coverage.ts';
import { PUBLISHED_BEST, PUBLISHED_MODELS } from './published.ts';
import type { Scores } from './run-benchmark.ts';
import { type BenchRow, type BenchTarget, targetOf } from '../../bench/report.ts';

/** Scores of one seed and one gamma. */
export interface Run {
  readonly seed: number;
  readonly gamma: number;
  readonly scores: readonly Scores[];
}

export const GAMMAS = [0, 1, 2, 3, 4] as const;
export const DEFINITION = 'mixed effects, features of the definition';

/** A column of the published tables. */
interface Column {
  readonly name: string;
  readonly of: (scores: Scores) => number;
  readonly published: readonly number[] | null;
  readonly models: readonly string[] | null;
}

const COLUMNS: readonly Column[] = [
  {
    name: 'one step',
    of: ({ oneStep }) => oneStep.last,
    published: PUBLISHED_BEST.oneStep,
    models: PUBLISHED_MODELS.oneStep,
  },
  { name: 'one step, all of the history', of: ({ oneStep }) => oneStep.all, published: null, models: null },
  { name: 'one step, mean over days (orig)', of: ({ oneStep }) => oneStep.orig, published: null, models: null },
  ...(['sliding', 'random'] as const).flatMap((kind) =>
    PUBLISHED_BEST[kind].map((published, h): Column => {
      const isLast = h === PUBLISHED_BEST[kind].length - 1;
      const models = kind === 'sliding' ? PUBLISHED_MODELS.slidingSix : PUBLISHED_MODELS.randomSix;
      return {
        name: `${h + 2} steps ${kind}`,
        of: (scores) => scores[kind][h]!,
        published,
        models: isLast ? models : null,
      };
    }),
  ),
];

const UNIT = '% of V(13 cm)';
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);
const spreadOf = (values: readonly number[]) => ({
  value: mean(values),
  low: Math.min(...values),
  high: Math.max(...values),
});

const scoresOf = (runs: readonly Run[], subject: string, gamma: number): readonly Scores[] =>
  runs.flatMap((run) => (run.gamma === gamma ? run.scores.filter((one) => one.subject === subject) : []));

const subjectsOf = (runs: readonly Run[]): readonly string[] => [
  ...new Set(runs.flatMap(({ scores }) => scores.map(({ subject }) => subject))),
];

/** Mean over seeds with the lowest and the highest, every published entry beside it. */
export const benchmarkRows = (runs: readonly Run[]): BenchRow[] => [
  ...COLUMNS.flatMap((column) =>
    GAMMAS.flatMap((gamma): BenchRow[] => {
      const row = { case: `${column.name}, gamma ${gamma}`, metric: 'nRMSE', unit: UNIT };
      const value = column.published?.[gamma];
      const who = column.models?.[gamma];
      const published = `best published${who === undefined ? '' : ` (${who})`}, quoted`;
      return [
        ...(value === undefined ? [] : [{ ...row, subject: published, value }]),
        ...subjectsOf(runs).flatMap((subject) => {
          const own = scoresOf(runs, subject, gamma).map(column.of);
          // Mean parameters are no floor of several steps.
          const isMeant = own.length > 0 && !(subject.startsWith('Bayes') && column.name.includes('steps'));
          return isMeant ? [{ ...row, subject, ...spreadOf(own) }] : [];
        }),
      ];
    }),
  ),
  ...['radiation', 'drug', 'both'].flatMap((name, k) =>
    GAMMAS.map((gamma): BenchRow => {
      const own = scoresOf(runs, DEFINITION, gamma).map(({ effects }) => effects[k]!);
      return {
        case: `effect of ${name}, gamma ${gamma}`,
        subject: DEFINITION,
        metric: 'RMSE',
        unit: UNIT,
        ...spreadOf(own),
      };
    }),
  ),
  ...subjectsOf(runs).flatMap((subject): BenchRow[] => {
    const own = runs.flatMap(({ scores }) => scores.filter((one) => one.subject === subject));
    const numbers = { case: 'size', subject, metric: 'free numbers', unit: '', value: own[0]!.numbers };
    const seconds = own.map(({ fitSeconds }) => fitSeconds).filter((one) => one > 0);
    return seconds.length === 0
      ? [numbers]
      : [numbers, { case: 'fit', subject, metric: 'time, one thread', unit: 's', ...spreadOf(seconds) }];
  }),
  ...coverageOf(runs).map(({ level, part }): BenchRow => ({
    case: 'coverage of one-step intervals, all gammas',
    subject: DEFINITION,
    metric: `of ${100 * level} % intervals`,
    value: 100 * part,
    unit: '%',
  })),
];

function coverageOf(runs: readonly Run[]): readonly { readonly level: number; readonly part: number }[] {
  const counts = runs.flatMap(({ scores }) =>
    scores.flatMap(({ coverage }) => (coverage === undefined ? [] : [coverage])),
  );
  return COVERAGE_LEVELS.map((level, k) => {
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    return { level, part: counts.reduce((sum, { within }) => sum + within[k]!, 0) / total };
  });
}

/** Aimed at, as means of five seeds. */
const FLOOR = [0.656, 0.664, 0.686, 0.761, 0.853] as const;
const SIX_SLIDING = [0.66, 0.65, 0.67, 0.69, 0.74] as const;
const SIX_RANDOM = [0.51, 0.52, 0.52, 0.55, 0.61] as const;

/** @param isWhole all five seeds were run in full: the figures that hold for their means are judged. */
export function benchmarkTargets(runs: readonly Run[], isWhole: boolean): BenchTarget[] {
  const at = (subject: string, gamma: number, of: Column['of']): number => mean(scoresOf(runs, subject, gamma).map(of));
  const floorName = subjectsOf(runs).find((subject) => subject.startsWith('Bayes'))!;
  const last: Column['of'] = ({ oneStep }) => oneStep.last;
  const targets = GAMMAS.flatMap((gamma) => {
    const own = at(DEFINITION, gamma, last);
    const measured = targetOf(
      `one step, gamma ${gamma}: over the Bayes floor of the same patients`,
      own / at(floorName, gamma, last),
      1.03,
      'max',
    );
    if (!isWhole) return [measured];
    return [
      measured,
      targetOf(`one step, gamma ${gamma}: over the Bayes floor ${FLOOR[gamma]}`, own / FLOOR[gamma], 1.03, 'max'),
      targetOf(
        `six steps sliding, gamma ${gamma}`,
        at(DEFINITION, gamma, ({ sliding }) => sliding[4]!),
        SIX_SLIDING[gamma],
        'max',
      ),
      targetOf(
        `six steps random, gamma ${gamma}`,
        at(DEFINITION, gamma, ({ random }) => random[4]!),
        SIX_RANDOM[gamma],
        'max',
      ),
    ];
  });
  const coverage = coverageOf(runs).map(({ level, part }) =>
    targetOf(`coverage of ${100 * level} % intervals: points off`, 100 * Math.abs(part - level), 1, 'max'),
  );
  const judged = subjectsOf(runs).filter((subject) => subject.startsWith('mixed') || subject.startsWith('GRU'));
  const published = judged.map((subject) => {
    const ratios = COLUMNS.flatMap(({ of, published: entries }) =>
      entries === null ? [] : GAMMAS.map((gamma) => at(subject, gamma, of) / entries[gamma]!),
    );
    return targetOf(
      `${subject}: over the best published entry, worst of ${ratios.length} columns`,
      Math.max(...ratios),
      1,
      'max',
    );
  });
  return [...targets, ...coverage, ...(isWhole ? published : [])];
}
