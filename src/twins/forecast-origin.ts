import { DomainError } from '../errors.ts';
import { daysBetween } from './day.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import { alignedImage } from './usable-image.ts';
import type { Visit } from './visit.ts';

/**
 * The visit from which a twin forecasts: the last with an aligned image, or the one asked for.
 * @param originVisitIndex start from this visit, for judging how an older forecast would have fared.
 * @throws {DomainError} INSUFFICIENT_HISTORY with fewer aligned visits up to it than the definition's `minimumVisits`;
 *   INVALID_INPUT (`originVisitIndex`) where the visit asked for has no aligned image.
 */
export function forecastOrigin(
  definition: DiseaseDefinition,
  visits: readonly Visit[],
  originVisitIndex?: number,
): Visit {
  const aligned = visits.filter((visit) => alignedImage(visit) !== null);
  const origin =
    originVisitIndex === undefined ? aligned.at(-1) : aligned.find((visit) => visit.index === originVisitIndex);
  if (originVisitIndex !== undefined && origin === undefined) {
    throw new DomainError('INVALID_INPUT', 'A forecast must start from a visit with an aligned image.', {
      field: 'originVisitIndex',
    });
  }
  const needed = definition.forecasting.minimumVisits;
  const usable = aligned.filter((visit) => origin !== undefined && visit.index <= origin.index).length;
  if (origin === undefined || usable < needed) {
    throw new DomainError(
      'INSUFFICIENT_HISTORY',
      `A forecast of this disease needs ${needed} visits with an aligned image; this twin has ${usable}.`,
    );
  }
  return origin;
}

/**
 * Days from the origin to the target of a forecast.
 * @throws {DomainError} INVALID_INPUT (`targetAt`) for a target before the origin or beyond `maximumHorizonDays`.
 */
export function horizonDaysTo(definition: DiseaseDefinition, originAt: Date, targetAt: Date): number {
  const days = daysBetween(originAt, targetAt);
  const { maximumHorizonDays } = definition.forecasting;
  if (!(days >= 0 && days <= maximumHorizonDays)) {
    throw new DomainError(
      'INVALID_INPUT',
      `The target date must lie 0 to ${maximumHorizonDays} days after the last usable image.`,
      { field: 'targetAt' },
    );
  }
  return days;
}
