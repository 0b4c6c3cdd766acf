import { useMemo } from 'preact/hooks';
import type { DefinitionFragment } from '../api/operations.ts';
import { type PredictedPoint, ValueChart } from '../chart/value-chart.tsx';
import { bound, days, inNumbers, inUnits } from '../page/words.ts';
import { interval90, type Stop, type Twin } from './stops.ts';

type Variable = DefinitionFragment['variables'][number];

const CHART_PX = 84;

interface ValueRowProps {
  readonly variable: Variable;
  readonly twin: Twin;
  readonly stops: readonly Stop[];
  readonly stop: Stop | undefined;
  readonly span: readonly [number, number];
}

/** A variable over time, with what is known of it where the slider stands. */
export function ValueRow({ variable, twin, stops, stop, span }: ValueRowProps) {
  const { key, title, unit } = variable;
  const measured = useMemo(() => measurements(twin, key), [twin, key]);
  const predicted = useMemo(() => predictions(twin, stops, key, measured.at(-1) ?? null), [twin, stops, key, measured]);
  return (
    <div class="row">
      <div class="label">
        <span class="title">{title}</span>
        <ValueAt {...{ variable, stop }} />
      </div>
      {measured.length + predicted.length === 0 ? (
        <p class="empty">no value is known</p>
      ) : (
        <ValueChart
          label={`${title} in ${inUnits(unit)} over time: ${measured.length} measurements and ${predicted.length} forecasts`}
          {...{ measured, predicted, span }}
          height={CHART_PX}
        />
      )}
    </div>
  );
}

/** What is known, or forecast, where the slider stands. */
function ValueAt({ variable: { key, unit }, stop }: { variable: Variable; stop: Stop | undefined }) {
  if (stop?.kind === 'forecast') {
    const value = stop.forecast.values.find((candidate) => candidate.key === key);
    if (value?.value == null) return <span class="value missing">no forecast</span>;
    const interval = interval90(value);
    return (
      <>
        <span class="value forecast">
          {inNumbers(value.value)} <small>{inUnits(unit)}</small>
        </span>
        <small>
          {value.isDeclined
            ? 'declined: last value kept'
            : interval === null
              ? 'forecast'
              : `90 %: ${inNumbers(interval.low)} to ${inNumbers(interval.high)}`}
        </small>
      </>
    );
  }
  const value = stop?.visit.values.find((candidate) => candidate.variable.key === key);
  if (value === undefined || value.status === 'MISSING') return <span class="value missing">not known</span>;
  return (
    <>
      <span class="value">
        {value.value === null ? `${bound(value.comparator)} ${inNumbers(value.bound ?? 0)}` : inNumbers(value.value)}{' '}
        <small>{inUnits(unit)}</small>
      </span>
      {(value.ageDays ?? 0) >= 1 && <small>{days(value.ageDays ?? 0)} before</small>}
    </>
  );
}

/** Each measurement once, however many visits see it. */
function measurements({ visits }: Twin, key: string): readonly { at: number; value: number }[] {
  const byTime = new Map<number, number>();
  for (const { values } of visits) {
    const value = values.find(({ variable }) => variable.key === key);
    if (value?.value != null && value.observedAt !== null) byTime.set(Date.parse(value.observedAt), value.value);
  }
  return [...byTime].map(([at, value]) => ({ at, value })).sort((a, b) => a.at - b.at);
}

function predictions(
  { backTests }: Twin,
  stops: readonly Stop[],
  key: string,
  from: PredictedPoint['from'],
): readonly PredictedPoint[] {
  const past = backTests.flatMap(({ forecast, values }): PredictedPoint[] => {
    const scored = values.find((value) => value.key === key);
    if (scored === undefined || forecast.reference !== null) return [];
    const interval = interval90(forecast.values.find((value) => value.key === key) ?? { intervals: [] });
    const at = Date.parse(forecast.targetAt);
    return [
      {
        at,
        value: scored.predicted,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
        from: null,
        kind: 'past',
      },
    ];
  });
  const ahead = stops.flatMap((stop): PredictedPoint[] => {
    if (stop.kind !== 'forecast') return [];
    const value = stop.forecast.values.find((candidate) => candidate.key === key);
    if (value?.value == null) return [];
    const interval = interval90(value);
    return [
      {
        at: stop.at,
        value: value.value,
        low: interval?.low ?? null,
        high: interval?.high ?? null,
        from,
        kind: 'forecast',
      },
    ];
  });
  return [...past, ...ahead];
}
