import { DomainError } from '../../../errors.ts';
import type { Administration } from './exposure.ts';
import { checkTreatments, type PatientSeries } from './patient-series.ts';
import { type CompiledModel, compileModel, type PersonalPosterior, populationAt } from './personal-posterior.ts';
import type { PopulationModel } from './population-model.ts';
import { mixtureMean, mixtureQuantile } from './predictive-mixture.ts';
import { rolledDistribution } from './rolled-distribution.ts';
import { rollOut } from './roll-out.ts';
import { type SigmaPoints, sigmaPoints } from './sigma-points.ts';

/** What is to be expected under one dose; the band holds it with probability 0.9. */
export interface ExpectedResponse {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a treatment does to a variable up to a day. */
export interface DoseCurve {
  readonly variable: string;
  /** In the order of the doses that were asked for. */
  readonly points: readonly {
    readonly amountPerDay: number;
    readonly patient: ExpectedResponse;
    /** Of other patients with the same statics who are where this one is. */
    readonly population: ExpectedResponse;
  }[];
}

const BAND = [0.05, 0.95] as const;

/**
 * How every measured variable of a patient responds to doses of one treatment, beside the population's response. The dose replaces
 * what is planned of that treatment from the last visit to the target; everything else stays as planned.
 *
 * Values are expectations given the effects: the band is what is not known about the effects and the present level, without
 * the noise of single days.
 * @param plan.horizonDays above 0, after the posterior's last day. @param plan.treatments as `Plan.treatments`.
 * @param amountsPerDay each 0 or more, in the treatment's unit of record.
 * @throws {DomainError} INVALID_INPUT for an unknown treatment, an amount below 0, a horizon that is not above 0.
 */
export function doseResponse(
  model: PopulationModel,
  posterior: PersonalPosterior,
  plan: { readonly horizonDays: number; readonly treatments: PatientSeries['treatments'] },
  treatment: string,
  amountsPerDay: readonly number[],
): readonly DoseCurve[] {
  const { spec } = model;
  const index = spec.treatments.findIndex(({ key }) => key === treatment);
  if (index < 0) throw refusal('treatment', `${treatment} is not among the treatments of the model`);
  if (!(plan.horizonDays > 0)) throw refusal('horizonDays', 'must be above 0');
  const wrong = amountsPerDay.findIndex((amount) => !(amount >= 0 && amount < Infinity));
  if (wrong >= 0) throw refusal(`amountsPerDay[${wrong}]`, 'must be 0 or more');
  const compiled = compileModel(model);
  const planned = checkTreatments(spec, plan.treatments);
  const origin = posterior.open.day;
  const target = origin + plan.horizonDays;
  const subjects = [posterior, populationAt(model, posterior)].map((one) => ({
    one,
    sigma: sigmaPoints(compiled, one),
  }));
  const answers = amountsPerDay.map((amountPerDay) => {
    const treatments = planned.map((given, t) =>
      t === index ? constantDose(given, origin, target, amountPerDay) : given,
    );
    return {
      amountPerDay,
      of: subjects.map(({ one, sigma }) => expectedValues(compiled, one, sigma, plan.horizonDays, treatments)),
    };
  });
  return spec.variables.flatMap(({ key }, v) =>
    answers.some(({ of }) => of[0]![v] === null)
      ? []
      : [
          {
            variable: key,
            points: answers.map(({ amountPerDay, of }) => ({
              amountPerDay,
              patient: of[0]![v]!,
              population: of[1]![v]!,
            })),
          },
        ],
  );
}

/** The same amount on every day from one day to another; what was given before stays. */
function constantDose(
  given: readonly Administration[],
  fromDay: number,
  toDay: number,
  amountPerDay: number,
): readonly Administration[] {
  const before = given.flatMap((one) => {
    if (one.fromDay >= fromDay) return [];
    if (one.toDay <= fromDay) return [one];
    const part = (fromDay - one.fromDay) / (one.toDay - one.fromDay);
    return [{ fromDay: one.fromDay, toDay: fromDay, amount: one.amount * part }];
  });
  return amountPerDay === 0 ? before : [...before, { fromDay, toDay, amount: amountPerDay * (toDay - fromDay) }];
}

function expectedValues(
  compiled: CompiledModel,
  posterior: PersonalPosterior,
  sigma: SigmaPoints,
  horizonDays: number,
  treatments: readonly (readonly Administration[])[],
): readonly (ExpectedResponse | null)[] {
  const { points } = rollOut(
    compiled,
    posterior,
    { horizonsDays: [horizonDays], treatments, isPointsOnly: true },
    sigma,
  );
  return compiled.model.spec.variables.map(({ plausible: [low, high] }, v) => {
    const of = { levels: points, perComponent: sigma.perComponent, noise: null, weights: sigma.componentWeights };
    const distribution = rolledDistribution(compiled, v, of);
    if (distribution === null) return null;
    const within = (value: number): number => Math.min(Math.max(value, low), high);
    return {
      value: within(mixtureMean(distribution)),
      low: within(mixtureQuantile(distribution, BAND[0])),
      high: within(mixtureQuantile(distribution, BAND[1])),
    };
  });
}

const refusal = (field: string, what: string): DomainError =>
  new DomainError('INVALID_INPUT', `The dose response: ${field} ${what}.`, { field });
