import type { PredictiveInterval } from './forecast.ts';

/** The volume of one lesion as a forecast of images tells it, in mL. */
export interface ForecastLesion {
  /** In the last image. */
  readonly seenMl: number;
  /** Expected at the target. */
  readonly forecastMl: number;
  /** Of what will be seen at the target, by rising coverage. */
  readonly intervals: readonly PredictiveInterval[];
  /** In the predicted image, which is drawn to show what is expected. */
  readonly drawnMl: number;
}

/** What a what-if changes of one lesion, in mL. */
export interface LesionDifference {
  readonly referenceMl: number;
  readonly scenarioMl: number;
  /** Scenario minus reference. */
  readonly differenceMl: number;
}

/** Lesions of two forecasts from the same last image, which show them in the same order; none where one of them tells none. */
export function lesionDifferences(
  reference: readonly ForecastLesion[],
  scenario: readonly ForecastLesion[],
): LesionDifference[] {
  if (reference.length !== scenario.length) return [];
  return reference.map(({ forecastMl: referenceMl }, index) => {
    const { forecastMl: scenarioMl } = scenario[index]!;
    return { referenceMl, scenarioMl, differenceMl: scenarioMl - referenceMl };
  });
}
