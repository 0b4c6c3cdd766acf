import { EXPOSURES_PER_TREATMENT } from './personal/feature-columns.ts';
import { startsInterval } from './personal/open-intervals.ts';
import { copyPosterior, type PersonalPosterior } from './personal/personal-posterior.ts';
import type { PopulationModel } from './personal/population-model.ts';

/**
 * A posterior under the assumption that the last measurement of a variable had been this value, exactly. What was learned of
 * the patient's effects stays as it is; the interval since that measurement stays open, a variable without one starts on the posterior's last
 * day. Does not change its input.
 */
export function replaceLevel(
  { spec, prior }: PopulationModel,
  posterior: PersonalPosterior,
  variable: number,
  value: number,
): PersonalPosterior {
  const replaced = copyPosterior(posterior);
  const variables = spec.variables.length;
  const n = prior.effects + variables;
  const row = prior.effects + variable;
  for (let k = 0; k < prior.components; k += 1) {
    replaced.levels[k * variables + variable] = value;
    for (let j = 0; j < n; j += 1) {
      replaced.covariances[(k * n + row) * n + j] = 0;
      replaced.covariances[(k * n + j) * n + row] = 0;
    }
  }
  const { open, statics } = replaced;
  open.lastValues[variable] = value;
  const since = open.since[variable];
  if (!startsInterval(spec.variables[variable]!, value)) {
    open.since[variable] = null;
  } else if (since === null || since === undefined) {
    open.since[variable] = {
      inputs: {
        values: open.lastValues.slice(),
        statics,
        day: open.day,
        duration: 0,
        exposures: new Float64Array(EXPOSURES_PER_TREATMENT * spec.treatments.length),
      },
    };
  } else {
    since.inputs.values[variable] = value;
  }
  return replaced;
}
