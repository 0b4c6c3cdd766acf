import type { LoadedTwin } from './load-twin.ts';
import type { Actor, TwinDependencies } from './ports.ts';
import { requestForecast } from './request-forecast.ts';

/**
 * Keeps a ready twin's forecast up to date: asks for one at the definition's default horizon when the timeline learned
 * something after the newest forecast under the plan was made. A gap is no news to a forecast.
 */
export async function forecastAfterNews(
  dependencies: TwinDependencies,
  actor: Actor,
  { twin, entries }: LoadedTwin,
): Promise<void> {
  const newest = await dependencies.unitOfWork.run(actor, async (stores) => {
    const page = (await stores.forecasts.newestByTwinIds([twin.id], 20)).get(twin.id);
    return page?.rows.map(({ node }) => node).find((forecast) => forecast.referenceForecastId === null);
  });
  const hasNews = entries.some(
    ({ body, recordedAt }) => body.kind !== 'gap' && (newest === undefined || recordedAt > newest.asOf.at),
  );
  if (hasNews) {
    await requestForecast(dependencies, actor, {
      twinId: twin.id,
      targetAt: null,
      horizonDays: null,
      modelId: null,
      seed: null,
      asOf: null,
    });
  }
}
