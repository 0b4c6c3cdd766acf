import { createHash } from 'node:crypto';
import { sha256OfJson } from '../../twins/canonical-json.ts';
import type { DiseaseDefinition } from '../../twins/disease-definition.ts';
import { dynamicsOf } from '../../twins/disease-definition.ts';
import { DomainError } from '../../errors.ts';
import { splitByPatient } from '../training/patient-split.ts';
import { chooseDynamics } from './learned/choose-dynamics.ts';
import { personalCandidate } from './learned/dynamics-candidate.ts';
import { trainFeatures } from './learned/train-features.ts';
import { judgeOn, learnFrom, type LearnedPopulation } from './learned-population.ts';
import { specOf } from './personal-dynamics.ts';
import type { PersonalModelCard, PersonalModelFile } from './personal-model-file.ts';
import { fitPopulation } from './personal/fit-population.ts';
import type { PatientSeries } from './personal/patient-series.ts';
import type { PersonalSpec } from './personal/personal-spec.ts';
import { COVERAGES } from './validation-table.ts';

/** Patients to learn from. */
export interface TrainingCohort {
  /** As it reads after "learned from". */
  readonly learnedFrom: string;
  readonly patients: readonly { readonly patient: string; readonly series: PatientSeries }[];
}

export interface TrainingOptions {
  readonly version: string;
  readonly seed: number;
  /** The command that makes the model again. */
  readonly madeBy: string;
  readonly limitations: string;
  /** Updates of the networks that learn features as a rival to the declared ones; 0: no rival. */
  readonly featureSteps: number;
  readonly signal?: AbortSignal;
  /** Told what goes on and how much of it is done, 0..1. */
  readonly onProgress?: (phase: string, fraction: number) => void;
}

/** Numbers of Gaussians that are tried for how patients differ, the simplest first. */
const COMPONENTS = [1, 2, 3] as const;
const VALIDATION_SHARE = 0.25;

/**
 * Trains a personal model for a disease. Features of the definition, with several numbers of Gaussians for how patients differ, and features
 * that networks learn are fitted to a part of the patients; the likelihood of what the others measured chooses. What is chosen is then
 * fitted to all patients; skill and intervals are measured on patients left out in turn, of learned features on the validation part.
 * @throws {DomainError} INSUFFICIENT_HISTORY where the cohort is too small to be split and validated.
 */
export async function trainPersonalModel(
  definition: DiseaseDefinition,
  { patients, learnedFrom }: TrainingCohort,
  { version, seed, madeBy, limitations, featureSteps, signal, onProgress = () => undefined }: TrainingOptions,
): Promise<Omit<PersonalModelFile, 'sha256'>> {
  const dynamics = dynamicsOf(definition);
  const declared = specOf(dynamics);
  const split = splitByPatient(
    patients.map(({ patient }) => patient),
    seed,
    { validation: VALIDATION_SHARE, test: 0 },
  );
  const ofPart = (part: 'train' | 'validation'): PatientSeries[] => {
    const members = new Set(split.parts[part]);
    return patients.filter(({ patient }) => members.has(patient)).map(({ series }) => series);
  };
  const [training, validation] = [ofPart('train'), ofPart('validation')];
  if (training.length < 2 || validation.length === 0) {
    throw new DomainError(
      'INSUFFICIENT_HISTORY',
      `${patients.length} patients are too few to be split and validated.`,
      {
        field: 'patients',
      },
    );
  }
  const rivals: { readonly name: string; readonly spec: PersonalSpec; readonly numbers: number }[] = COMPONENTS.map(
    (components) => ({
      name: `declared, ${components} Gaussian${components === 1 ? '' : 's'}`,
      spec: { ...declared, components },
      numbers: 0,
    }),
  );
  if (featureSteps > 0) {
    const { spec, numbers } = await trainFeatures(training, validation, declared, {
      seed,
      steps: featureSteps,
      onProgress: (fraction) => onProgress('learning features', fraction),
      ...(signal && { signal }),
    });
    rivals.push({ name: 'learned features', spec, numbers });
  }
  const models = rivals.map(({ spec }, index) => {
    const { model } = fitPopulation(training, spec, { seed });
    onProgress('fitting the candidates', (index + 1) / rivals.length);
    return model;
  });
  const choice = chooseDynamics(
    rivals.map(({ name, numbers }, index) => personalCandidate(name, models[index]!, numbers)),
    validation,
  );
  const index = rivals.findIndex(({ name }) => name === choice.chosen);
  const { spec, numbers } = rivals[index]!;
  const series = patients.map((one) => one.series);
  const fitting = {
    seed,
    isWithTrees: true,
    onProgress: (fraction: number) => onProgress('fitting and validating', fraction),
  };
  // Networks have seen the training part: only the others can say what forecasts with them are worth.
  const ofTraining = numbers > 0 ? learnFrom(spec, training, fitting) : null;
  const learned =
    ofTraining === null
      ? learnFrom(spec, series, fitting)
      : { ...judgeOn(ofTraining, validation), model: fitPopulation(series, spec, { seed }).model };
  if (learned === null) {
    throw new DomainError('INSUFFICIENT_HISTORY', 'Too few patients of the cohort have a value measured twice.', {
      field: 'patients',
    });
  }
  return {
    learned,
    dynamicsSha256: sha256OfJson(dynamics),
    card: {
      name: `${definition.id} personal`,
      version,
      description: `How the values of patients with ${definition.title} move, and how patients differ: a mixture of Gaussians over personal effects, conditioned in closed form on what is measured of one patient. Forecasts are corrected, the same for every plan, by a ridge and boosted trees on lagged values.`,
      disease: { id: definition.id, version: definition.version },
      learnedFrom,
      patients: patients.length,
      dataSha256: sha256(JSON.stringify(patients.map((one) => one.series))),
      splitSha256: split.hash,
      seeds: [seed],
      features: choice,
      metrics: metricsOf(learned),
      intendedUse: 'Research. Stands in where a server knows too few patients of its own.',
      limitations,
      licence: 'Apache-2.0',
      madeBy,
    },
  };
}

function metricsOf({ validation, model, correction }: LearnedPopulation): PersonalModelCard['metrics'] {
  const metrics: [string, number][] = [['logLikelihoodPerInterval', model.evidence.logLikelihoodPerInterval]];
  model.spec.variables.forEach(({ key }, v) => {
    const own = correction?.[v] ?? null;
    metrics.push(
      [`${key}: share of ridge`, own?.ridgeShare ?? 0],
      [`${key}: share of boosted trees`, own?.treesShare ?? 0],
    );
  });
  for (const [key, { bins }] of Object.entries(validation)) {
    for (const { fromDays, skill, patients, coveredBefore } of bins) {
      const where = `${key} after ${fromDays} d`;
      metrics.push([`${where}: patients`, patients]);
      if (skill !== null) metrics.push([`${where}: skill`, skill]);
      COVERAGES.forEach((coverage, index) => {
        if (coveredBefore !== null) metrics.push([`${where}: covered at ${100 * coverage} %`, coveredBefore[index]!]);
      });
    }
  }
  return Object.fromEntries(metrics);
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
