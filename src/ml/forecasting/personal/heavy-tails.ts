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
 * Among normal changes the next one is forecast about 1 % worse by who takes far ones for noise. Where more is lost, far changes
 * say something of the patient.
 */
const LARGEST_LOSS = 0.015;

/**
 * Of which variables changes are far from what was expected much more often than normal ones and tell no more of the patient for it:
 * measurements that went wrong, crises that pass. One of them must not decide what is believed, see `observeVisit`.
 * @param compiled a fitted model, which takes all changes for normal. @returns by variable.
 */
export function heavyTails(compiled: CompiledModel, population: readonly CheckedSeries[]): readonly boolean[] {
  const { model } = compiled;
  const patients = somePatients(population, MOST_VISITS).map((patient) => population[patient]!);
  const normal = surprises(compiled, patients);
  const isFarOften = normal.map(({ all, far }) => far > LARGEST_PART * all);
  if (!isFarOften.includes(true)) return isFarOften;
  const robust = surprises({ ...compiled, model: { ...model, hasHeavyTails: isFarOften } }, patients);
  return isFarOften.map((isFar, v) => isFar && robust[v]!.sum <= (1 + LARGEST_LOSS) * normal[v]!.sum);
}

/** Of the changes of one variable, each weighed by the components that expected it. */
interface Surprises {
  all: number;
  far: number;
  /** Of their absolute distances from what was expected. */
  sum: number;
}

function surprises(compiled: CompiledModel, patients: readonly CheckedSeries[]): Surprises[] {
  const { model } = compiled;
  const found = model.spec.variables.map((): Surprises => ({ all: 0, far: 0, sum: 0 }));
  const count = (variable: number, surprise: number, sd: number, weight: number): void => {
    const own = found[variable]!;
    own.all += weight;
    own.sum += weight * Math.abs(surprise);
    if (Math.abs(surprise) > FAR_SDS * sd) own.far += weight;
  };
  for (const { statics, visits, treatments } of patients) {
    const posterior = startOf(model, statics);
    const walk = timeWalk(model.spec, model.halfLivesDays, treatments);
    for (const visit of visits) observeVisit(compiled, posterior, visit, walk, count);
  }
  return found;
}
