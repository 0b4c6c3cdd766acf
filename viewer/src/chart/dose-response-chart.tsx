import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import type { ForecastViewFragment } from '../api/operations.ts';
import { useStore } from '../page/store.ts';
import { colourOf, theme } from '../page/theme.ts';
import { inNumbers } from '../page/words.ts';

type Points = ForecastViewFragment['doseResponses'][number]['points'];

const HEIGHT = 150;

/** Two lines with their bands: this patient over the average one. */
export function DoseResponseChart({ points, label }: { points: Points; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const shown = useStore(theme);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const [own, average] = [colourOf('forecast'), colourOf('past')];
    const faint = (colour: string): string => colour.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.16)');
    const axis = { stroke: colourOf('ink-soft'), grid: { stroke: colourOf('line'), width: 1 }, ticks: { show: false } };
    const edge = { stroke: 'transparent', points: { show: false } };
    const line = (stroke: string, width: number): uPlot.Series => ({ stroke, width, points: { show: false } });
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false } },
        axes: [
          { ...axis, size: 24, font: '11px system-ui' },
          { ...axis, size: 52, font: '11px system-ui', values: (_, splits) => splits.map(inNumbers) },
        ],
        series: [{}, edge, edge, line(average, 1.5), edge, edge, line(own, 2.5)],
        bands: [
          { series: [2, 1], fill: faint(average) },
          { series: [5, 4], fill: faint(own) },
        ],
      },
      [
        points.map(({ amountPerDay }) => amountPerDay),
        points.map(({ populationLow }) => populationLow),
        points.map(({ populationHigh }) => populationHigh),
        points.map(({ populationValue }) => populationValue),
        points.map(({ low }) => low),
        points.map(({ high }) => high),
        points.map(({ value }) => value),
      ],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [points, shown]);
  return <div ref={box} class="value-chart" role="img" aria-label={label} />;
}
