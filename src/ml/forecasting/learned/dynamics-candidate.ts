import { timeWalk } from '../personal/open-intervals.ts';
import { checkSeries, checkTreatments, type PatientSeries } from '../personal/patient-series.ts';
import { compileModel, startPosterior } from '../personal/personal-posterior.ts';
import type { PersonalSpec } from '../personal/personal-spec.ts';
import type { PopulationModel } from '../personal/population-model.ts';
import type { PredictiveMixture } from '../personal/predictive-mixture.ts';
import { rollOut } from '../personal/roll-out.ts';
import { observeVisit, posteriorOf } from '../personal/update-posterior.ts';
import { correctionNumbers, correctionShifts, type DirectCorrection, shifted } from './direct-correction.ts';
import {
  exposureBetween,
  forecastRecurrent,
  type RecurrentModel,
  recurrentNext,
  recurrentStates,
} from './recurrent-model.ts';

/** By variable in the order of the declaration; null where there is nothing to start from. */
export type Predictive = readonly (PredictiveMixture | null)[];

/** A fitted model of how values move, whatever its kind. */
export interface DynamicsCandidate {
  /** For people and records. */
  readonly name: string;
  readonly spec: PersonalSpec;
  /** Free numbers that were learned. */
  readonly numbers: number;
  /**
   * Distributions of what is measured after the last visit, by horizon.
   * @param horizonsDays ascending, above 0. @param treatments everything that is planned; past ones may be among them.
   * @throws {DomainError} as `checkSeries`.
   */
  forecast(
    series: PatientSeries,
    horizonsDays: readonly number[],
    treatments: PatientSeries['treatments'],
  ): readonly Predictive[];
  /** Distributions of each visit but the first, from the visits before it and what was given. */
  nextVisits(series: PatientSeries): readonly Predictive[];
}

/** The personal model, with declared or with learned features. */
export const personalCandidate = (name: string, model: PopulationModel, moreNumbers = 0): DynamicsCandidate => ({
  name,
  spec: model.spec,
  numbers: model.evidence.numbers + moreNumbers,
  forecast(series, horizonsDays, treatments) {
    const { posterior } = posteriorOf(model, series);
    if (posterior.visits === 0) return horizonsDays.map(() => model.spec.variables.map(() => null));
    const planned = checkTreatments(model.spec, treatments);
    return rollOut(compileModel(model), posterior, { horizonsDays, treatments: planned }).predictive;
  },
  nextVisits(series) {
    const compiled = compileModel(model);
    const { visits, treatments } = checkSeries(model.spec, series);
    const posterior = startPosterior(model, series.statics);
    const walk = timeWalk(model.spec, model.halfLivesDays, treatments);
    return visits.slice(0, -1).map((visit, index) => {
      observeVisit(compiled, posterior, visit, walk);
      const horizonsDays = [visits[index + 1]!.day - visit.day];
      return rollOut(compiled, posterior, { horizonsDays, treatments }).predictive[0]!;
    });
  },
});

/** The personal model with its forecasts corrected. */
export const correctedCandidate = (
  name: string,
  model: PopulationModel,
  correction: DirectCorrection,
  moreNumbers = 0,
): DynamicsCandidate => {
  const compiled = compileModel(model);
  const plain = personalCandidate(name, model, moreNumbers);
  const { variables } = model.spec;
  const moved = (predictive: Predictive, shifts: readonly number[]): Predictive =>
    predictive.map((one, v) => (one === null ? null : shifted(variables[v]!, one, shifts[v]!, correction[v]?.spread)));
  return {
    ...plain,
    numbers: plain.numbers + correctionNumbers(correction),
    forecast(series, horizonsDays, treatments) {
      const { posterior } = posteriorOf(model, series);
      const shifts = correctionShifts(compiled, correction, posterior, checkSeries(model.spec, series), horizonsDays);
      return plain.forecast(series, horizonsDays, treatments).map((one, h) => moved(one, shifts[h]!));
    },
    nextVisits(series) {
      const checked = checkSeries(model.spec, series);
      const posterior = startPosterior(model, series.statics);
      const walk = timeWalk(model.spec, model.halfLivesDays, checked.treatments);
      return plain.nextVisits(series).map((one, index) => {
        observeVisit(compiled, posterior, checked.visits[index]!, walk);
        const past = { ...checked, visits: checked.visits.slice(0, index + 1) };
        const days = checked.visits[index + 1]!.day - checked.visits[index]!.day;
        return moved(one, correctionShifts(compiled, correction, posterior, past, [days])[0]!);
      });
    },
  };
};

/** The gated recurrent unit. */
export const recurrentCandidate = (name: string, model: RecurrentModel): DynamicsCandidate => ({
  name,
  spec: model.spec,
  numbers: model.numbers,
  forecast: (series, horizonsDays, treatments) => forecastRecurrent(model, series, horizonsDays, treatments),
  nextVisits(series) {
    const states = recurrentStates(model, series);
    const { treatments } = checkSeries(model.spec, series);
    return states.slice(0, -1).map((state, index) => {
      const toDay = states[index + 1]!.day;
      return recurrentNext(model, state, toDay, exposureBetween(model, state, treatments, toDay));
    });
  },
});
