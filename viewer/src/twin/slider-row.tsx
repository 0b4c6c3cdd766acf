import { useEffect, useState } from 'preact/hooks';
import { describeStop, type Stop } from './stops.ts';

const PLAY_MS = 650;

interface SliderProps {
  readonly stops: readonly Stop[];
  readonly at: number;
  readonly onMove: (index: number) => void;
  readonly span: readonly [number, number];
}

/** Moves through time from stop to stop, by hand, by key or by itself. */
export function SliderRow({ stops, at, onMove, span }: SliderProps) {
  const [isPlaying, setIsPlaying] = useState(false);
  const last = stops.length - 1;
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setTimeout(() => (at < last ? onMove(at + 1) : setIsPlaying(false)), PLAY_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, at, last, onMove]);
  const stop = stops[at];
  const nearest = (time: number): number =>
    stops.reduce(
      (best, candidate, index) =>
        Math.abs(candidate.at - time) < Math.abs((stops[best]?.at ?? 0) - time) ? index : best,
      0,
    );
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: at - 1,
    ArrowDown: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at + 1,
    PageDown: at - 5,
    PageUp: at + 5,
    Home: 0,
    End: last,
  };
  return (
    <div class="row slider">
      <span class="label">
        <button
          type="button"
          onClick={() => {
            if (!isPlaying && at === last) onMove(0);
            setIsPlaying(!isPlaying);
          }}
        >
          {isPlaying ? '❚❚ Pause' : '▶ Play'}
        </button>
      </span>
      <div class="plot">
        <input
          type="range"
          aria-label="Time"
          min={span[0]}
          max={span[1]}
          step="any"
          value={stop?.at ?? span[0]}
          aria-valuetext={stop === undefined ? '' : describeStop(stop, stops)}
          onInput={(event) => {
            const index = nearest(event.currentTarget.valueAsNumber);
            // Between two visits there is nothing: the thumb goes to the nearer one.
            event.currentTarget.value = String(stops[index]?.at ?? 0);
            if (index !== at) onMove(index);
          }}
          onKeyDown={(event) => {
            const step = steps[event.key];
            if (step === undefined) return;
            event.preventDefault();
            onMove(Math.min(Math.max(step, 0), last));
          }}
        />
      </div>
    </div>
  );
}
