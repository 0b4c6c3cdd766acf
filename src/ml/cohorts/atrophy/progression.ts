import { randomStream } from '../random-stream.ts';
import type { ProgressionParameters } from './progression-parameters.ts';

/** Half-life in days with which the drug's effect site follows the dose. */
const DRUG_HALF_LIFE_DAYS = 60;
/** Dose per day in mg that takes away half of what the drug can. */
const HALF_EFFECT_MG_PER_DAY = 3;
/** Standard deviation that a year adds to the logit of the stage. */
const LOGIT_NOISE_PER_ROOT_YEAR = 0.12;
const DAYS_PER_YEAR = 365.25;
/** By how many years organs and mind follow the stage: mean delay of a first-order lag. */
const LAG_YEARS = { structure: 0.3, neurofilament: 0.4, cognition: 1 } as const;

/** What is true of a person on one day, before anything is measured. */
export interface ProgressionState {
  readonly day: number;
  /** Latent stage, 0 (healthy) to 1. */
  readonly stage: number;
  /** The stage as brain structure, neurofilament and cognition have followed it so far. */
  readonly structureStage: number;
  readonly neurofilamentStage: number;
  readonly cognitionStage: number;
  /** Drug at the effect site in mg/day: the dose that, kept up for ever, would hold it there. */
  readonly drugMgPerDay: number;
}

/** A daily dose in mg over the days [fromDay, toDay). */
export interface DoseInterval {
  readonly fromDay: number;
  readonly toDay: number;
  readonly mgPerDay: number;
}

/** Share 0..1 of the largest slowing that the drug at the effect site reaches (Emax model, Hill 1910 with exponent 1). */
const slowingShare = (drugMgPerDay: number): number => drugMgPerDay / (drugMgPerDay + HALF_EFFECT_MG_PER_DAY);

/**
 * The course of one person, day by day, as it can be asked for in turn: dose of a day in, state of the next day out.
 *
 * logit s(t+1) = logit s(t) + r (1 - e D/(D + 3)) / 365.25 + 0.12 / sqrt(365.25) w(t), w standard normal, one draw per
 * day from the person's own stream whatever the dose, so that two courses under different doses differ by the doses
 * alone. D follows the dose with a half-life of 60 days; followers f of the stage: df/dt = (s - f) / lag, started at
 * their steady state for a stage that grew at the untreated speed.
 */
export function startProgression(
  seed: number,
  index: number,
  parameters: ProgressionParameters,
): {
  readonly state: () => ProgressionState;
  readonly advance: (mgPerDay: number) => void;
} {
  const noise = randomStream(seed, index, 'stage-noise');
  const { startLogit, logitPerYear, largestSlowing } = parameters;
  const lagged = (years: number): number => sigmoid(startLogit - logitPerYear * years);
  let day = 0;
  let logit = startLogit;
  let structure = lagged(LAG_YEARS.structure);
  let neurofilament = lagged(LAG_YEARS.neurofilament);
  let cognition = lagged(LAG_YEARS.cognition);
  let drug = 0;
  return {
    state: () => ({
      day,
      stage: sigmoid(logit),
      structureStage: structure,
      neurofilamentStage: neurofilament,
      cognitionStage: cognition,
      drugMgPerDay: drug,
    }),
    advance: (mgPerDay) => {
      const stage = sigmoid(logit);
      structure += (stage - structure) * SHARE_PER_DAY.structure;
      neurofilament += (stage - neurofilament) * SHARE_PER_DAY.neurofilament;
      cognition += (stage - cognition) * SHARE_PER_DAY.cognition;
      drug += (mgPerDay - drug) * DRUG_SHARE_PER_DAY;
      logit += (logitPerYear * (1 - largestSlowing * slowingShare(drug))) / DAYS_PER_YEAR;
      logit += (LOGIT_NOISE_PER_ROOT_YEAR / Math.sqrt(DAYS_PER_YEAR)) * noise.normal();
      day += 1;
    },
  };
}

/** Lateral ventricles in mL: V0 (1 + g f) e^(0.015 (age - 70)), f the stage that structure has followed. */
export const ventricleMl = (parameters: ProgressionParameters, { day, structureStage }: ProgressionState): number =>
  parameters.ventricleBaseMl *
  (1 + parameters.ventricleGrowth * structureStage) *
  Math.exp(0.015 * yearsPast70(parameters, day));

/** Mean cortical thickness in mm: h0 (1 - l f) (1 - 0.003 (age - 70)). */
export const cortexMm = (parameters: ProgressionParameters, { day, structureStage }: ProgressionState): number =>
  parameters.cortexBaseMm * (1 - parameters.cortexLoss * structureStage) * (1 - 0.003 * yearsPast70(parameters, day));

/** Points of an error score, 0 to 85, higher is worse. */
export const cognitiveScore = (parameters: ProgressionParameters, { cognitionStage }: ProgressionState): number =>
  parameters.scoreBase + parameters.scoreRange * cognitionStage;

/** Phosphorylated tau in plasma, pg/mL: follows the stage at once. */
export const phosphorylatedTau = (parameters: ProgressionParameters, { stage }: ProgressionState): number =>
  parameters.ptauBasePgPerMl * Math.exp(parameters.ptauLogRise * stage);

/** Neurofilament light chain in plasma, pg/mL. */
export const neurofilament = (
  parameters: ProgressionParameters,
  { day, neurofilamentStage }: ProgressionState,
): number =>
  parameters.neurofilamentBasePgPerMl *
  Math.exp(parameters.neurofilamentLogRise * neurofilamentStage + 0.02 * yearsPast70(parameters, day));

const yearsPast70 = ({ ageYears }: ProgressionParameters, day: number): number => ageYears + day / DAYS_PER_YEAR - 70;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const shareOf = (years: number): number => 1 - Math.exp(-1 / (years * DAYS_PER_YEAR));
const SHARE_PER_DAY = {
  structure: shareOf(LAG_YEARS.structure),
  neurofilament: shareOf(LAG_YEARS.neurofilament),
  cognition: shareOf(LAG_YEARS.cognition),
} as const;
const DRUG_SHARE_PER_DAY = 1 - 2 ** (-1 / DRUG_HALF_LIFE_DAYS);
