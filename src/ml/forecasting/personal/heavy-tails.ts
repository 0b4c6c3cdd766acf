import { timeWalk } from './open-intervals.ts';
import { somePatients } from './patient-sample.ts';
import type { CheckedSeries } from './patient-series.ts';
import { type CompiledModel, startOf } from './personal-posterior.ts';
import { observeVisit } from './update-posterior.ts';

/** Evenly spread patients with about so many visits are looked at. */
const MOST_VISITS = 12_000;
/** Of normal changes one in 370 is farther away than this; tails are heavy where it is more than one in 100. */
const FAR_SDS = 3;
const LARGEST_PART = 0.01;

/**
 * Of which variables changes are far from what was expected much more often than normal ones: measurements that went wrong, crises that
 * pass. One of them must not decide what is believed of a patient, see `observeVisit`.
 * @param compiled a model that takes all changes for normal. @returns by variable.
 */
export function heavyTails(compiled: CompiledModel, population: readonly CheckedSeries[]): readonly boolean[] {
  const { model } = compiled;
  const all = new Float64Array(model.spec.variables.length);
  const far = new Float64Array(model.spec.variables.length);
  const count = (variable: number, sds: number, weight: number): void => {
    all[variable]! += weight;
    if (sds > FAR_SDS) far[variable]! += weight;
  };
  for (const patient of somePatients(population, MOST_VISITS)) {
    const { statics, visits, treatments } = population[patient]!;
    const posterior = startOf(model, statics);
    const walk = timeWalk(model.spec, model.halfLivesDays, treatments);
    for (const visit of visits) observeVisit(compiled, posterior, visit, walk, count);
  }
  return Array.from(far, (sum, variable) => sum > LARGEST_PART * all[variable]!);
}
