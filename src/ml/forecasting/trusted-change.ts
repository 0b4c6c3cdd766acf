import type { ForecastInput } from '../../twins/forecast.ts';
import { lateChanges } from './late-changes.ts';
import { fitPooledChange, type PooledChangeModel } from './pooled-change-model.ts';
import { type Population, samplesOf } from './population.ts';
import { assessSkill, type HeldOutInterval, type SkillVerdict } from './skill.ts';
import { treatmentTitle } from './treatment-title.ts';

interface Interval {
  readonly intervalDays: number;
  readonly exposures: readonly number[];
}

/**
 * The model of one target pooled over the others, and whether it is trusted over an interval: neither without others to learn from, nor
 * for a treatment that none of them received.
 * @param judged the held-out forecasts in the unit that skill is told in.
 */
export function trustedModel(
  population: Population,
  target: string,
  features: number,
  over: Interval,
  { treatmentKeys, dynamics }: Pick<ForecastInput, 'treatmentKeys' | 'dynamics'>,
  judged: (model: PooledChangeModel) => readonly HeldOutInterval[],
): { readonly model: PooledChangeModel | null; readonly verdict: SkillVerdict } {
  const samples = lateChanges(samplesOf(population, target, features));
  if (samples.length === 0) return { model: null, verdict: assessSkill([], over.intervalDays) };
  const model = fitPooledChange(samples, features);
  const verdict = assessSkill(judged(model), over.intervalDays);
  const unseen = treatmentKeys.find(
    (_, index) =>
      over.exposures[index]! > 0 &&
      !samples.some(({ changes }) => changes.some(({ exposures }) => exposures[index]! > 0)),
  );
  if (verdict.declineReason === null && unseen !== undefined) {
    const declineReason = `No other patient with comparable visits received ${treatmentTitle(dynamics, unseen)}; what it does cannot be told.`;
    return { model, verdict: { ...verdict, shrinkage: 0, declineReason } };
  }
  return { model, verdict };
}
