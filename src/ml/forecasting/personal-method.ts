import { createHash } from 'node:crypto';
import { sha256OfJson } from '../../twins/canonical-json.ts';
import type { ForecastInput } from '../../twins/forecast.ts';
import { imageChangeStatistics } from './change-statistics.ts';
import { exposureCaveats } from './exposure-caveats.ts';
import { checkForecastInput, checkVisits } from './forecast-input-check.ts';
import { type ForecastingMethod, forEachValue } from './forecasting-method.ts';
import { type LearnedPopulation, learnPopulation } from './learned-population.ts';
import { specOf } from './personal-dynamics.ts';
import { type PersonalPopulation, readPersonalPopulation } from './personal-population.ts';
import { encodePersonalRecord } from './personal-record.ts';
import { judgedValue, unseenTreatment } from './personal-values.ts';
import { pooledImageForecast } from './pooled-image-forecast.ts';
import { recentlyMade } from './recently-made.ts';
import type { ShippedModel } from './shipped-model.ts';
import { MINIMUM_PATIENTS } from './skill.ts';
import { explanationOf } from './twin-explanation.ts';
import { twinState } from './twin-state.ts';

const MODEL = { modelId: 'personal', featureVersion: 1 } as const;
const CODE_VERSION = 1;
/** A fit depends on nothing but the patients and the declaration, so that forecasts share it. */
const FIT_SEED = 1;
/** Of as many questions about different patients the populations stay at hand, per thread. */
const KEPT_FITS = 12;

/**
 * This patient's own dynamics: every value changes with features that the definition declares, how strongly is the patient's, and known as
 * a posterior under the population of the others (`personal/`). Values go where the posterior leads them under the plan, as far as
 * forecasts like it were trusted on others who were left out; images go with the others' (`pooledImageForecast`).
 *
 * With too few others a model that was shipped with the server stands in for them, and says so.
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
  forecast(input, shipped = null) {
    checkForecastInput(input);
    const population = readPersonalPopulation(input, MODEL);
    const source = learnedFor(input, population, shipped);
    const { learned } = source;
    const state = learned === null ? null : twinState(learned.model, input);
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
      modelVersion: `${MODEL.modelId}@${CODE_VERSION}+${source.hash.slice(0, 12)}`,
      image: pooledImageForecast(input, population.images),
      values,
      ...(state === null || learned === null ? {} : explanationOf(state, learned, input, values)),
      caveats: [...source.caveats, ...(state?.caveats ?? []), ...exposureCaveats(input, population.images)],
    };
  },
};

interface Source {
  readonly learned: LearnedPopulation | null;
  /** Of everything that the answer depends on besides the input. */
  readonly hash: string;
  readonly caveats: readonly string[];
}

const fits = recentlyMade<LearnedPopulation | null>(KEPT_FITS);

/** The model of the others; with too few of them the shipped one, if there is one. */
function learnedFor(
  { dynamics }: Pick<ForecastInput, 'dynamics'>,
  { courses, hash, images }: PersonalPopulation,
  shipped: ShippedModel | null,
): Source {
  if (courses.length >= MINIMUM_PATIENTS || shipped === null) {
    const learned = fits(`${hash} ${sha256OfJson(dynamics)}`, () =>
      learnPopulation(courses, dynamics, { seed: FIT_SEED }),
    );
    return { learned, hash: sha256(`${hash} ${images.hash}`), caveats: [] };
  }
  return {
    learned: shipped.learned,
    hash: sha256(`${shipped.sha256} ${images.hash}`),
    caveats: [
      `Only ${courses.length} other patients are known here and ${MINIMUM_PATIENTS} are needed: values are forecast by a model that was learned from ${shipped.learnedFrom}.`,
    ],
  };
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
