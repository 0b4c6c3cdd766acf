import type { SkillStatement } from '../../twins/forecast.ts';

/** How a model did on one interval of a patient that it was not fitted on; f is its forecast of the change y. */
export interface HeldOutInterval {
  readonly patient: number;
  readonly intervalDays: number;
  /** Mean of y^2, y f and f^2 over the rows. */
  readonly yy: number;
  readonly yf: number;
  readonly ff: number;
  /** For a change that is modelled as relative: y and f as differences of logarithms. */
  readonly relative?: { readonly change: number; readonly forecast: number };
}

export interface SkillVerdict extends SkillStatement {
  /** A sentence for a clinician where the model is not to be trusted at this horizon; null where it is. */
  readonly declineReason: string | null;
}

/**
 * Edges in days of the horizon bins that skill is told for; a bin holds its lower edge. They lie between the usual
 * distances of visits: 1 and 2 weeks, 1, 3 and 6 months, 1, 2 and 4 years.
 */
export const HORIZON_BINS = [0, 10, 21, 45, 135, 270, 545, 1095, 2190] as const;
/** Fewer others than this in a bin are no evidence. */
export const MINIMUM_PATIENTS = 8;
/**
 * A model is trusted where its skill is above 0 at this one-sided level, by a bootstrap over patients. Strict, because a few
 * patients carry most of a squared error and because one forecast asks for several values at once.
 */
const TRUST_LEVEL = 0.995;
const RESAMPLES = 2000;
const BOOTSTRAP_SEED = 0x5e9_0e1a;

/** The bin [from, until) that a horizon lies in, in days; the last one has no end. */
export function horizonBinOf(days: number): { readonly from: number; readonly until: number } {
  const index = HORIZON_BINS.findLastIndex((edge) => edge <= days);
  return { from: HORIZON_BINS[Math.max(0, index)]!, until: HORIZON_BINS[index + 1] ?? Infinity };
}

/** How sure one is to be of skill before a forecast is trusted. */
export interface Trust {
  /** One-sided confidence that skill is above 0, 0.5..1. */
  readonly level: number;
  /** Whether skill that is shown over all horizons together is enough at one where some is found at all. */
  readonly isOverAllHorizons: boolean;
}

const STRICT: Trust = { level: TRUST_LEVEL, isOverAllHorizons: false };

/**
 * What a model has shown at a horizon on patients that it was not fitted on. Every patient counts once, with the mean over
 * their intervals in the horizon's bin.
 *
 * The shrinkage is the factor 0..1 on the forecast change that minimises the held-out squared error of the bin.
 * So that a patient does not judge a factor that was chosen on it, skill = 1 - MSE / MSE(no change) is computed with each
 * patient's error under the factor of all the others. For a relative change it is computed on the logarithmic scale too,
 * and the smaller of the two is told: in the own unit alone a few patients with large values would speak for all. It is
 * trusted where the lower bound of a bootstrap over patients (percentile, 2000 resamples, fixed seed) is above 0 on every
 * scale.
 */
export function assessSkill(
  intervals: readonly HeldOutInterval[],
  horizonDays: number,
  trust: Trust = STRICT,
): SkillVerdict {
  const longest = intervals.reduce((most, { intervalDays }) => Math.max(most, intervalDays), 0);
  const bin = horizonBinOf(horizonDays);
  const inBin = intervals.filter(({ intervalDays }) => intervalDays >= bin.from && intervalDays < bin.until);
  const patients = [...Map.groupBy(inBin, ({ patient }) => patient).values()];
  const counted = { patients: patients.length, intervals: patients.flat().length };
  const untrusted = { ...counted, skill: null, shrinkage: 0 };
  if (intervals.length > 0 && horizonDays > longest) {
    const declineReason = `No other patient was followed over ${days(horizonDays)}; the longest interval is ${days(longest)}.`;
    return { ...untrusted, declineReason };
  }
  if (patients.length < MINIMUM_PATIENTS) {
    const declineReason = `Only ${patients.length} other patients have comparable visits ${span(bin)} apart; ${MINIMUM_PATIENTS} are needed.`;
    return { ...untrusted, declineReason };
  }
  if (patients.every((own) => own.every(({ yy }) => yy === 0))) {
    return { ...untrusted, declineReason: `Nothing changed in other patients over ${span(bin)}.` };
  }
  const shown = shownBy(patients);
  const { skill, shrinkage } = shown;
  const isShown = shown.lowest(trust.level) > 0;
  const isShownElsewhere = (): boolean =>
    trust.isOverAllHorizons &&
    skill > 0 &&
    shownBy([...Map.groupBy(intervals, ({ patient }) => patient).values()]).lowest(trust.level) > 0;
  const isTrusted = shrinkage > 0 && (isShown || isShownElsewhere());
  if (!isTrusted) {
    const declineReason = `On ${patients.length} other patients this model was not clearly better than "no change" over ${span(bin)}.`;
    return { ...counted, skill, shrinkage: 0, declineReason };
  }
  return { ...counted, skill, shrinkage, declineReason: null };
}

/** The shrinkage at a horizon that all patients but one would have chosen, by patient: what each is judged under. */
export function shrinkagesOfOthers(
  intervals: readonly HeldOutInterval[],
  horizonDays: number,
): ReadonlyMap<number, number> {
  const bin = horizonBinOf(horizonDays);
  const inBin = intervals.filter(({ intervalDays }) => intervalDays >= bin.from && intervalDays < bin.until);
  const means = new Map(
    [...Map.groupBy(inBin, ({ patient }) => patient)].map(([patient, own]) => [patient, meanOf(own)]),
  );
  const whole = sumOf([...means.values()]);
  return new Map([...means].map(([patient, own]) => [patient, shrinkageOfOthers(whole, own)]));
}

interface ShownSkill {
  /** The smaller one of both scales. */
  readonly skill: number;
  readonly shrinkage: number;
  /** Lower bound of it at a one-sided confidence. */
  readonly lowest: (level: number) => number;
}

/** @param patients intervals of each. */
function shownBy(patients: readonly (readonly HeldOutInterval[])[]): ShownSkill {
  const means = patients.map(meanOf);
  const whole = sumOf(means);
  const factors = means.map((one) => shrinkageOfOthers(whole, one));
  const plain = means.map(({ yy, yf, ff }, index) => {
    const factor = factors[index]!;
    return { square: yy, gain: 2 * factor * yf - factor * factor * ff };
  });
  const relative = patients.map((group, index) => relativeGain(group, factors[index]!));
  const scales = relative.some(({ square }) => square > 0) ? [plain, relative] : [plain];
  return {
    skill: Math.min(...scales.map(skillOf)),
    shrinkage: shrinkageOf(whole),
    lowest: (level) => Math.min(...scales.map((gains) => lowerBound(gains, level))),
  };
}

type Sums = Pick<HeldOutInterval, 'yy' | 'yf' | 'ff'>;

const sumOf = (parts: readonly Sums[]): Sums => {
  const sums = { yy: 0, yf: 0, ff: 0 };
  for (const { yy, yf, ff } of parts) {
    sums.yy += yy;
    sums.yf += yf;
    sums.ff += ff;
  }
  return sums;
};

const meanOf = (intervals: readonly Sums[]): Sums => {
  const { yy, yf, ff } = sumOf(intervals);
  return { yy: yy / intervals.length, yf: yf / intervals.length, ff: ff / intervals.length };
};

const shrinkageOf = ({ yf, ff }: Pick<Sums, 'yf' | 'ff'>): number => (ff > 0 ? Math.min(1, Math.max(0, yf / ff)) : 0);

const shrinkageOfOthers = (whole: Sums, one: Sums): number =>
  shrinkageOf({ yf: whole.yf - one.yf, ff: whole.ff - one.ff });

/** A patient's mean squared change and by how much a forecast came closer to it than "no change". */
interface Gain {
  readonly square: number;
  readonly gain: number;
}

const skillOf = (patients: readonly Gain[]): number => {
  let [gains, squares] = [0, 0];
  for (const { gain, square } of patients) {
    gains += gain;
    squares += square;
  }
  return squares > 0 ? gains / squares : 0;
};

/** On the logarithmic scale, of a forecast whose change was shrunk in its own unit; 0 where the change is no relative one. */
function relativeGain(intervals: readonly HeldOutInterval[], factor: number): Gain {
  let [gain, square] = [0, 0];
  for (const { relative } of intervals) {
    if (relative !== undefined) {
      const error = relative.change - Math.log1p(factor * Math.expm1(relative.forecast));
      square += relative.change ** 2 / intervals.length;
      gain += (relative.change ** 2 - error ** 2) / intervals.length;
    }
  }
  return { gain, square };
}

/** Of the skill, by a bootstrap over patients. */
function lowerBound(patients: readonly Gain[], level: number): number {
  const random = mulberry32(BOOTSTRAP_SEED);
  const skills = new Float64Array(RESAMPLES);
  for (let sample = 0; sample < RESAMPLES; sample += 1) {
    let [gains, squares] = [0, 0];
    for (let draw = 0; draw < patients.length; draw += 1) {
      const { gain, square } = patients[Math.floor(random() * patients.length)]!;
      gains += gain;
      squares += square;
    }
    skills[sample] = squares > 0 ? gains / squares : 0;
  }
  return skills.sort()[Math.floor(RESAMPLES * (1 - level))]!;
}

/** A small generator of uniform numbers in [0, 1) (T. Ettinger's mulberry32): the same resamples every time. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const days = (count: number): string => `${Math.round(count)} days`;
const span = ({ from, until }: { readonly from: number; readonly until: number }): string =>
  until === Infinity ? `${from} days or more` : `${from} to ${until} days`;
