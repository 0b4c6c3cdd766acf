import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Display } from '../api/pictures.ts';
import { pathOf } from '../picture/display.ts';
import { Picture } from '../picture/picture.tsx';
import { describeStop, pictureOf, type Stop } from './stops.ts';
import { spread } from './time-axis.ts';

const THUMB_PX = 46;

interface Props {
  readonly stops: readonly Stop[];
  readonly at: number;
  readonly onMove: (index: number) => void;
  readonly display: Display;
  readonly place: (time: number) => number;
}

/** The images on the time axis, as many as fit; the others are marks. */
export function Thumbnails(props: Props) {
  const { stops, at, onMove, display, place } = props;
  const plot = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(700);
  useEffect(() => {
    if (plot.current === null) return;
    const observer = new ResizeObserver(([entry]) => entry !== undefined && setWidth(entry.contentRect.width));
    observer.observe(plot.current);
    return () => observer.disconnect();
  }, []);
  const shown = useMemo(
    () =>
      spread(
        stops.map(({ at }) => place(at) * width),
        THUMB_PX + 4,
      ),
    [stops, width],
  );
  return (
    <div class="row thumbs">
      <span class="label">Images</span>
      <div class="plot" ref={plot}>
        {stops.map((stop, index) => {
          const left = { left: `${100 * place(stop.at)}%` };
          const isRefused = stop.kind === 'visit' && stop.visit.registration?.verdict === 'REFUSED';
          if (!shown.has(index)) return <span key={index} class={`mark ${isRefused ? 'refused' : ''}`} style={left} />;
          return (
            <button
              key={index}
              type="button"
              class={`thumb ${stop.kind} ${index === at ? 'current' : ''}`}
              style={left}
              aria-label={describeStop(stop, stops)}
              aria-pressed={index === at}
              onClick={() => onMove(index)}
            >
              <Picture path={pathOf(pictureOf(stop), display)} label="" canWait />
              {isRefused && <span class="flag">not aligned</span>}
            </button>
          );
        })}
      </div>
    </div>
  );
}
