import type { PersonalEffect, PosteriorSummary } from '../../twins/forecast.ts';
import { effectWords } from './effect-words.ts';
import {
  compileModel,
  componentWeights,
  type PersonalPosterior,
  startPosterior,
} from './personal/personal-posterior.ts';
import type { PatientSeries } from './personal/patient-series.ts';
import type { PopulationModel } from './personal/population-model.ts';

/** What is believed of a patient's effects beside those of the population with the same statics. @param titleOf name by key. */
export function summaryOfPosterior(
  model: PopulationModel,
  posterior: PersonalPosterior,
  { visits, statics }: PatientSeries,
  titleOf: (key: string) => string,
): PosteriorSummary {
  const { layout } = compileModel(model);
  const population = startPosterior(model, statics);
  const variables = model.spec.variables.length;
  return {
    intervals: model.spec.variables.reduce((sum, { key }) => {
      const measured = visits.filter(({ values }) => values[key] !== undefined).length;
      return sum + Math.max(0, measured - 1);
    }, 0),
    effects: model.spec.variables.flatMap(({ key, features }, v) =>
      effectWords(features, key, titleOf).map(({ words, isLearned }, a): PersonalEffect => {
        const at = layout.blocks[v]!.first + a;
        const own = momentsOf(posterior, at, layout.effects, variables);
        const others = momentsOf(population, at, layout.effects, variables);
        return {
          variable: key,
          feature: words,
          isLearned,
          mean: own.mean,
          standardDeviation: own.sd,
          populationMean: others.mean,
          populationStandardDeviation: others.sd,
        };
      }),
    ),
  };
}

/** Of one effect over the components. */
function momentsOf(
  posterior: PersonalPosterior,
  effect: number,
  effects: number,
  variables: number,
): { readonly mean: number; readonly sd: number } {
  const weights = componentWeights(posterior);
  const n = effects + variables;
  let [mean, square] = [0, 0];
  weights.forEach((weight, k) => {
    const own = posterior.means[k * effects + effect]!;
    mean += weight * own;
    square += weight * (own * own + posterior.covariances[(k * n + effect) * n + effect]!);
  });
  return { mean, sd: Math.sqrt(Math.max(0, square - mean * mean)) };
}
