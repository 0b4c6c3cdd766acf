import type { ForecastOutlineFragment, TwinQuery, VisitViewFragment } from '../api/operations.ts';
import { inDays } from '../page/words.ts';

export type Twin = NonNullable<TwinQuery['diseaseTwin']>;

/** Where the slider through time can stand: at each visit, and at the newest forecast. */
export type Stop =
  | { readonly kind: 'visit'; readonly at: number; readonly visit: VisitViewFragment }
  | { readonly kind: 'forecast'; readonly at: number; readonly forecast: ForecastOutlineFragment };

const isAnswered = ({ status }: ForecastOutlineFragment): boolean => status === 'ISSUED' || status === 'DECLINED';

/** The aligned image, the image as acquired where there is none, or the predicted one. */
export const pictureOf = (stop: Stop) =>
  stop.kind === 'forecast' ? (stop.forecast.image?.image ?? null) : (stop.visit.alignedImage ?? stop.visit.image);

export function describeStop(stop: Stop, stops: readonly Stop[]): string {
  if (stop.kind === 'forecast') return `Forecast for ${inDays(stop.at)}`;
  const visits = stops.filter(({ kind }) => kind === 'visit').length;
  return `Visit ${stop.visit.index + 1} of ${visits}, ${inDays(stop.at)}`;
}

/** The newest answer under the plan for a time that is still ahead of the visits. */
function newestForecast({ forecasts, visits }: Twin): ForecastOutlineFragment | null {
  const last = Date.parse(visits.at(-1)?.occurredAt ?? '1900-01-01');
  const ahead = forecasts.nodes.filter((forecast) => forecast.reference === null && isAnswered(forecast));
  return ahead.find(({ targetAt }) => Date.parse(targetAt) > last) ?? null;
}

export function stopsOf(twin: Twin): readonly Stop[] {
  const forecast = newestForecast(twin);
  return [
    ...twin.visits.map((visit) => ({ kind: 'visit' as const, at: Date.parse(visit.occurredAt), visit })),
    ...(forecast === null ? [] : [{ kind: 'forecast' as const, at: Date.parse(forecast.targetAt), forecast }]),
  ];
}

/** First to last time on the axis, with room at both ends. */
export function spanOf(stops: readonly Stop[], now = Date.now()): readonly [from: number, to: number] {
  const from = stops[0]?.at ?? now;
  const to = stops.at(-1)?.at ?? now;
  const room = Math.max((to - from) * 0.04, 43_200_000);
  return [from - room, to + room];
}

/** The interval of a value that holds it with probability 0.9; null where the model gives none. */
export const interval90 = ({
  intervals,
}: {
  readonly intervals: readonly { readonly coverage: number; readonly low: number; readonly high: number }[];
}): { readonly coverage: number; readonly low: number; readonly high: number } | null =>
  intervals.find(({ coverage }) => Math.abs(coverage - 0.9) < 1e-6) ?? null;
