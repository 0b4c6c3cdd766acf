import type { BenchReport } from '../../bench/report.ts';
import type { CohortPatient } from '../../src/ml/cohorts/readers/visit-table.ts';
import { momentsOf } from '../../src/ml/forecasting/learned/learned-inputs.ts';
import type { PersonalSpec } from '../../src/ml/forecasting/personal/personal-spec.ts';
import { splitByPatient } from '../../src/ml/training/patient-split.ts';
import { boostingOnLags, carryForward, linearTrend, meanChange, ridgeOnLags } from './baselines.ts';
import { judgeValues, type PatientErrors } from './judge-values.ts';
import type { JudgedCohort } from './question.ts';
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
 * and chosen on validation patients, and every question of the test patients is put to every forecaster.
 */
export async function runValues(
  experiment: ValueExperiment,
): Promise<{ readonly report: BenchReport; readonly plots: string }> {
  const { seeds, declared, effort } = experiment;
  const errors: PatientErrors[] = [];
  const notes = [...experiment.notes];
  const subjects = new Set<string>();
  const subgroups = new Set<string>();
  const everybody: CohortPatient[] = [];
  for (const seed of seeds) {
    const cohort = experiment.cohortOf(seed);
    everybody.push(...cohort.patients);
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
    const started = performance.now();
    const { forecasters, choice } = await fitTwin(cohort, declared, train, validation, seed, effort);
    const seconds = (performance.now() - started) / 1000;
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
    all.forEach(({ subject }) => subjects.add(subject));
    test.flatMap((patient) => cohort.subgroupsOf(patient)).forEach((name) => subgroups.add(name));
    errors.push(...judgeValues(cohort, seed, test, all));
    const likelihoods = choice.likelihoods.map(
      ({ candidate, logLikelihoodPerValue, numbers }) =>
        `${candidate} ${logLikelihoodPerValue.toFixed(3)} (${numbers} numbers)`,
    );
    notes.push(
      `Seed ${seed}: ${train.length} patients to learn, ${validation.length} to validate, ${test.length} to test (split ${hash.slice(0, 12)}); chosen ${choice.chosen}, log-likelihood per validation value ${likelihoods.join(', ')}; ${Math.round(seconds)} s.`,
    );
    console.error(notes.at(-1));
  }
  const cohort = experiment.cohortOf(seeds[0]!);
  const scales = Object.fromEntries(
    cohort.variables.map(({ key }) => [
      key,
      momentsOf(
        everybody.flatMap(({ series }) =>
          series.visits.map(({ values }) => values[key] ?? NaN).filter(Number.isFinite),
        ),
      ).sd,
    ]),
  );
  const run: JudgedRun = {
    cohort,
    judgement: { errors, scales },
    seeds,
    subjects: [...subjects],
    subgroups: [...subgroups].sort(),
    notes,
  };
  return { report: valueReport(run), plots: valuePlots(run) };
}
