import { createHash } from 'node:crypto';
import type { BenchReport } from '../../bench/report.ts';
import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import { momentsOf } from '../../src/ml/forecasting/learned/learned-inputs.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import { splitByPatient } from '../../src/ml/training/patient-split.ts';
import { boostingOnLags, carryForward, linearTrend, meanChange, ridgeOnLags } from './baselines.ts';
import { judgeValues, type PatientErrors } from './judge-values.ts';
import type { JudgedCohort } from './question.ts';
import { remembered, sourceHash } from '../tumour-pkpd/remembered.ts';
import { shuffledForecasters } from './shuffled.ts';
import { fitTwin, type TwinEffort } from './twin.ts';
import { type JudgedRun, valuePlots, valueReport } from './value-report.ts';

/** One table of values: a cohort, how its dynamics are declared, and what is spent on it. */
export interface ValueExperiment {
  readonly seeds: readonly number[];
  /** Whom a seed is about: other people each time where they are simulated. */
  readonly cohortOf: (seed: number) => JudgedCohort;
  readonly declared: PersonalSpec;
  readonly effort: TwinEffort;
  readonly notes: readonly string[];
}

const SHARES = { validation: 0.22, test: 0.25 } as const;

/**
 * Runs the protocol of `docs/evaluation.md` on values: per seed patients are split, everything is fitted on training patients
 * and chosen on validation patients, and every question of the test patients is put to every forecaster. A seed that the same code
 * has judged before is taken from there.
 */
export async function runValues(
  experiment: ValueExperiment,
): Promise<{ readonly report: BenchReport; readonly plots: string }> {
  const { seeds, cohortOf } = experiment;
  const cohort = cohortOf(seeds[0]!);
  const code = sourceHash(...SOURCES);
  const settings = createHash('sha256')
    .update(JSON.stringify([experiment.declared, experiment.effort, SHARES, cohort]))
    .digest('hex')
    .slice(0, 12);
  const judged: JudgedSeed[] = [];
  for (const seed of seeds) {
    judged.push(
      await remembered(`values-${cohort.name}`, `${code}-${settings}-${seed}`, () => judgeSeed(experiment, seed)),
    );
    console.error(judged.at(-1)!.note);
  }
  const valuesOf = (key: string): number[] =>
    seeds.flatMap((seed) =>
      cohortOf(seed).patients.flatMap(({ series }) =>
        series.visits.map(({ values }) => values[key] ?? NaN).filter(Number.isFinite),
      ),
    );
  const run: JudgedRun = {
    cohort,
    judgement: {
      errors: judged.flatMap(({ errors }) => errors),
      scales: Object.fromEntries(cohort.variables.map(({ key }) => [key, momentsOf(valuesOf(key)).sd])),
    },
    seeds,
    subjects: [...new Set(judged.flatMap(({ subjects }) => subjects))],
    subgroups: [...new Set(judged.flatMap(({ subgroups }) => subgroups))].sort(),
    notes: [...experiment.notes, ...judged.map(({ note }) => note)],
  };
  return { report: valueReport(run), plots: valuePlots(run) };
}

/** What a seed's results depend on. */
const SOURCES = [
  'evaluate/judge',
  'evaluate/value-cohorts',
  'src/ml/forecasting/personal',
  'src/ml/forecasting/learned',
  'src/ml/cohorts/atrophy',
  ...['held-out-forecasts', 'learned-population', 'personal-values', 'skill', 'validation-table'].map(
    (name) => `src/ml/forecasting/${name}.ts`,
  ),
];

interface JudgedSeed {
  readonly errors: readonly PatientErrors[];
  readonly subjects: readonly string[];
  readonly subgroups: readonly string[];
  readonly note: string;
}

async function judgeSeed({ cohortOf, declared, effort }: ValueExperiment, seed: number): Promise<JudgedSeed> {
  const cohort = cohortOf(seed);
  const { parts, hash } = splitByPatient(
    cohort.patients.map(({ patient }) => patient),
    seed,
    SHARES,
  );
  const part = (name: 'train' | 'validation' | 'test'): CohortPatient[] => {
    const members = new Set(parts[name]);
    return cohort.patients.filter(({ patient }) => members.has(patient));
  };
  const [train, validation, test] = [part('train'), part('validation'), part('test')];
  const started = process.cpuUsage();
  const { forecasters, chosen, compared } = await fitTwin(cohort, declared, train, validation, seed, effort);
  const { user, system } = process.cpuUsage(started);
  const has = { statics: cohort.statics.length > 0, treatments: cohort.treatments.length > 0 };
  const all = [
    carryForward(cohort),
    linearTrend(cohort),
    meanChange(cohort, train),
    ridgeOnLags(cohort, train, validation),
    boostingOnLags(cohort, train, validation),
    ...forecasters,
    ...shuffledForecasters(forecasters[0]!, test, seed, has),
  ];
  const likelihoods = compared.likelihoods.map(
    ({ candidate, logLikelihoodPerValue, numbers }) =>
      `${candidate} ${logLikelihoodPerValue.toFixed(3)} (${numbers} numbers)`,
  );
  return {
    errors: judgeValues(cohort, seed, test, all),
    subjects: all.map(({ subject }) => subject),
    subgroups: [...new Set(test.flatMap((patient) => cohort.subgroupsOf(patient)))],
    note: `Seed ${seed}: ${train.length} patients to learn, ${validation.length} to validate, ${test.length} to test (split ${hash.slice(0, 12)}); chosen ${chosen}; log-likelihood per validation value ${likelihoods.join(', ')}, by which ${compared.chosen} would be used alone; ${Math.round((user + system) / 1e6)} s of processor time to fit all three.`,
  };
}
