import { createHash } from 'node:crypto';
import { imageChangeStatistics } from './change-statistics.ts';
import { exposureCaveats } from './exposure-caveats.ts';
import { checkForecastInput, checkVisits } from './forecast-input-check.ts';
import { type ForecastingMethod, forEachValue } from './forecasting-method.ts';
import { specOf } from './personal-dynamics.ts';
import { readPersonalPopulation } from './personal-population.ts';
import { encodePersonalRecord } from './personal-record.ts';
import { judgedValue, unseenTreatment } from './personal-values.ts';
import { pooledImageForecast } from './pooled-image-forecast.ts';
import { encodeSource, populationModelFor } from './population-model-for.ts';
import { explanationOf } from './twin-explanation.ts';
import { twinState } from './twin-state.ts';

const MODEL = { modelId: 'personal', featureVersion: 1 } as const;
const CODE_VERSION = 3;

/**
 * This patient's own dynamics: every value changes with features that the definition declares, how strongly is the patient's, and known as
 * a posterior under the population of the others (`personal/`). Values go where the posterior leads them under the plan, as far as
 * forecasts like it were trusted on others who were left out; images go with the others' (`pooledImageForecast`).
 *
 * With too few others, or where it does better on them, a model that was shipped with the server stands in, and says so.
 */
export const personal: ForecastingMethod = {
  modelId: MODEL.modelId,
  summarise(history) {
    checkVisits(history.visits, history.shape);
    const origins = imageChangeStatistics(history);
    const { treatmentKeys } = history;
    return encodePersonalRecord(history, {
      format: 'sequela-change-record',
      version: 2,
      ...MODEL,
      treatmentKeys,
      origins,
    });
  },
  learnOthers: (others, shipped) =>
    encodeSource(populationModelFor(others, readPersonalPopulation(others, MODEL), shipped)),
  forecast(input, shipped = null, made = null) {
    checkForecastInput(input);
    const population = readPersonalPopulation(input, MODEL);
    const source = populationModelFor(input, population, shipped, made);
    const { learned } = source;
    const state = learned === null ? null : twinState(learned, input);
    const unseen = unseenTreatment(input, learned);
    const declared = specOf(input.dynamics).variables;
    const values = forEachValue(input, ({ key }, origin) =>
      judgedValue(
        declared.find((variable) => variable.key === key)!,
        origin,
        origin.intervalDays === 0 || state === null ? null : (state.forecasts[key] ?? null),
        learned,
        unseen,
      ),
    );
    return {
      modelVersion: `${MODEL.modelId}@${CODE_VERSION}+${sha256(`${source.hash} ${population.images.hash}`).slice(0, 12)}`,
      image: pooledImageForecast(input, population.images),
      values,
      ...(state === null || learned === null ? {} : explanationOf(state, learned, input, values)),
      caveats: [...source.caveats, ...(state?.caveats ?? []), ...exposureCaveats(input, population.images)],
    };
  },
};

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
