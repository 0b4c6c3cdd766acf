import type { Display } from '../api/pictures.ts';
import { useStore } from '../page/store.ts';
import { inNumbers } from '../page/words.ts';
import { type LinkedViews, MAX_ZOOM, showWhole, zoomTo } from './viewport.ts';

interface Props {
  readonly display: Display;
  readonly usual: Display;
  /** Range of the voxels. */
  readonly range: { readonly low: number; readonly high: number };
  readonly slices: number;
  readonly views: LinkedViews;
  readonly onChange: (display: Display) => void;
}

/** Slice, window, level and zoom of the pictures of a panel. */
export function DisplayControls({ display, usual, range, slices, views, onChange }: Props) {
  const { zoom } = useStore(views.viewport);
  const extent = range.high - range.low;
  const set = (change: Partial<Display>): void => onChange({ ...display, ...change });
  return (
    <div class="display-controls" role="group" aria-label="How the pictures are shown">
      {slices > 1 && (
        <Slide
          label="Slice"
          text={`${display.slice + 1} of ${slices}`}
          value={display.slice}
          max={slices - 1}
          step={1}
          onInput={(slice) => set({ slice })}
        />
      )}
      <Slide
        label="Window"
        text={inNumbers(display.window)}
        value={display.window}
        min={extent / 50}
        max={2 * extent}
        step={extent / 100}
        onInput={(window) => set({ window })}
      />
      <Slide
        label="Level"
        text={inNumbers(display.level)}
        value={display.level}
        min={range.low - extent / 4}
        max={range.high + extent / 4}
        step={extent / 100}
        onInput={(level) => set({ level })}
      />
      <Slide
        label="Zoom"
        text={`${zoom.toFixed(1)} ×`}
        value={zoom}
        min={1}
        max={MAX_ZOOM}
        step={0.1}
        onInput={(value) => zoomTo(views.viewport, value)}
      />
      <div class="foot">
        <small>Wheel: {slices > 1 ? 'slices, with Ctrl zoom' : 'zoom with Ctrl'}. Drag: move.</small>
        <button
          type="button"
          class="quiet"
          onClick={() => {
            showWhole(views.viewport);
            onChange(usual);
          }}
        >
          Reset
        </button>
      </div>
    </div>
  );
}

interface SlideProps {
  readonly label: string;
  /** The value in words. */
  readonly text: string;
  readonly value: number;
  readonly min?: number;
  readonly max: number;
  readonly step: number;
  readonly onInput: (value: number) => void;
}

/** A slider with its value written beside it. */
export const Slide = ({ label, text, value, min = 0, max, step, onInput }: SlideProps) => (
  <label class="slide">
    <span>{label}</span>
    <span class="now-at">{text}</span>
    <input
      type="range"
      {...{ min, max, step, value }}
      aria-valuetext={text}
      onInput={(event) => onInput(event.currentTarget.valueAsNumber)}
    />
  </label>
);
