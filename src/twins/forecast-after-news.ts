import type { Forecast } from './forecast.ts';
import type { LoadedTwin } from './load-twin.ts';
import { othersOf } from './population.ts';
import type { Actor, Stores, TwinDependencies } from './ports.ts';
import { requestForecast } from './request-forecast.ts';

/**
 * Keeps a ready twin's forecast up to date: asks for one at the definition's default horizon when the timeline learned
 * something after the newest forecast under the plan was made, or when that one was declined and other patients have
 * taught something since. A gap is no news to a forecast.
 */
export async function forecastAfterNews(
  dependencies: TwinDependencies,
  actor: Actor,
  loaded: LoadedTwin,
): Promise<void> {
  const hasNews = await dependencies.unitOfWork.run(actor, async (stores) => {
    const newest = await newestUnderPlan(stores, loaded.twin.id);
    return (
      newest === undefined ||
      loaded.entries.some(({ body, recordedAt }) => body.kind !== 'gap' && recordedAt > newest.asOf.at) ||
      (newest.status === 'DECLINED' && (await othersTaught(stores, loaded, newest, dependencies.clock.now())))
    );
  });
  if (hasNews) {
    await requestForecast(dependencies, actor, {
      twinId: loaded.twin.id,
      targetAt: null,
      horizonDays: null,
      modelId: null,
      seed: null,
      asOf: null,
    });
  }
}

async function newestUnderPlan(stores: Stores, twinId: string): Promise<Forecast | undefined> {
  const page = (await stores.forecasts.newestByTwinIds([twinId], 20)).get(twinId);
  return page?.rows.map(({ node }) => node).find((forecast) => forecast.referenceForecastId === null);
}

async function othersTaught(
  { population }: Stores,
  { twin: { id: twinId, diseaseId } }: LoadedTwin,
  { asOf, modelId }: Forecast,
  now: Date,
): Promise<boolean> {
  const knownAt = (at: Date) => othersOf(population, { twinId, diseaseId, modelId, asOf: at });
  const before = new Set((await knownAt(asOf.at)).hashes);
  return (await knownAt(now)).hashes.some((sha256) => !before.has(sha256));
}
