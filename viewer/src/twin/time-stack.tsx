import { useMemo } from 'preact/hooks';
import type { Display } from '../api/pictures.ts';
import { inShortDays } from '../page/words.ts';
import { SliderRow } from './slider-row.tsx';
import { spanOf, type Stop, type Twin } from './stops.ts';
import { Thumbnails } from './thumbnails.tsx';
import { axisTicks } from './time-axis.ts';
import { TreatmentRow } from './treatment-row.tsx';
import { ValueRow } from './value-row.tsx';

interface StackProps {
  readonly twin: Twin;
  readonly stops: readonly Stop[];
  readonly at: number;
  readonly onMove: (index: number) => void;
  /** Slice, window and level of the pictures. */
  readonly display: Display;
}

/** Visits, values, treatments and the forecast under each other on one time axis, with a slider through it. */
export function TimeStack({ twin, stops, at, onMove, display }: StackProps) {
  const span = useMemo(() => spanOf(stops), [stops]);
  const place = (time: number): number => (time - span[0]) / (span[1] - span[0]);
  const stop = stops[at];
  const lastVisit = stops.findLast(({ kind }) => kind === 'visit');
  const variables = twin.definition?.variables ?? [];
  const dynamic = variables.filter(({ role }) => role === 'DYNAMIC');
  const treatments = variables.filter(({ role }) => role === 'TREATMENT');
  return (
    <div class="stack" style={{ '--at': stop === undefined ? '0' : String(place(stop.at)) }}>
      <Thumbnails {...{ stops, at, onMove, display, place }} />
      {dynamic.map((variable) => (
        <ValueRow key={variable.key} {...{ variable, twin, stops, stop, span }} />
      ))}
      {treatments.map((variable) => (
        <TreatmentRow key={variable.key} {...{ variable, twin, stop, place }} />
      ))}
      <div class="row axis" aria-hidden="true">
        <span class="label" />
        <div class="plot">
          {axisTicks(span).map((time) => (
            <span key={time} class="tick" style={{ left: `${100 * place(time)}%` }}>
              {inShortDays(time)}
            </span>
          ))}
        </div>
      </div>
      <SliderRow {...{ stops, at, onMove, span }} />
      <div class="over" aria-hidden="true">
        {lastVisit !== undefined && stops.at(-1)?.kind === 'forecast' && (
          <div class="ahead" style={{ left: `${100 * place(lastVisit.at)}%` }}>
            <span>forecast</span>
          </div>
        )}
        <div class="now" />
      </div>
    </div>
  );
}
