import type { DoseResponse, ForecastInput, ForecastOutput } from '../../twins/forecast.ts';
import { movedValue } from './learned/direct-correction.ts';
import type { LearnedPopulation } from './learned-population.ts';
import { doseResponse } from './personal/dose-response.ts';
import { recordOfPosterior } from './personal/posterior-record.ts';
import { scenarioOverlap } from './personal/scenario-overlap.ts';
import { summaryOfPosterior } from './posterior-summary.ts';
import type { TwinState } from './twin-state.ts';

/** Doses that are told, as parts of a usual or the planned one, whichever is more. */
const DOSE_PARTS = [0, 0.25, 0.5, 1, 1.5, 2] as const;

/**
 * Why a forecast is what it is: what is believed of the patient, how far the plan leads from what was learned from, and how every value that
 * is forecast responds to doses.
 */
export function explanationOf(
  { model, posterior, assumed, series, horizonDays, shifts }: TwinState,
  { meanPerDay }: Pick<LearnedPopulation, 'meanPerDay'>,
  input: ForecastInput,
  values: ForecastOutput['values'],
): Pick<ForecastOutput, 'posterior' | 'overlap' | 'doseResponses'> {
  const titles = new Map(
    [...input.dynamics.variables, ...input.dynamics.treatments].map(({ key, title }) => [key, title]),
  );
  const titleOf = (key: string): string => titles.get(key) ?? key;
  const believed = {
    bytes: new TextEncoder().encode(JSON.stringify(recordOfPosterior(posterior))),
    summary: summaryOfPosterior(model, posterior, series, titleOf),
  };
  if (input.horizonDays === 0) return { posterior: believed };
  const plan = { horizonDays, treatments: series.treatments };
  const isTold = (variable: string): boolean =>
    values[variable] !== undefined && values[variable].declineReason === null;
  return {
    posterior: believed,
    overlap: scenarioOverlap(model, assumed, plan, titleOf),
    doseResponses: input.dynamics.treatments.flatMap(({ key, maximumPerDay }): DoseResponse[] => {
      if (meanPerDay[key] === undefined) return [];
      const planned = input.plannedExposures[key]! / input.horizonDays;
      const usual = Math.min(Math.max(meanPerDay[key], planned), maximumPerDay);
      const amounts = [...new Set(DOSE_PARTS.map((part) => Math.min(part * usual, maximumPerDay)))];
      return doseResponse(model, assumed, plan, key, amounts)
        .filter(({ variable }) => isTold(variable))
        .map(({ variable, points }) => {
          const v = model.spec.variables.findIndex((declared) => declared.key === variable);
          // Corrected as the forecast is, so that the curve passes through it.
          const moved = (value: number): number => movedValue(model.spec.variables[v]!, value, shifts[v]!);
          return {
            treatment: key,
            variable,
            points: points.map(({ amountPerDay, patient, population }) => ({
              amountPerDay,
              value: moved(patient.value),
              low: moved(patient.low),
              high: moved(patient.high),
              populationValue: moved(population.value),
              populationLow: moved(population.low),
              populationHigh: moved(population.high),
            })),
          };
        });
    }),
  };
}
