import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { useStore } from '../page/store.ts';
import { colourOf, theme } from '../page/theme.ts';

/** Where the plot lies within its box, in px: every row of a stack keeps to it, so that their times line up. */
const PLOT = { left: 52, right: 14 } as const;

/** A forecast value; times in ms. */
export interface PredictedPoint {
  readonly at: number;
  readonly value: number;
  /** The interval that the value lies in with the stated probability. */
  readonly low: number | null;
  readonly high: number | null;
  /** Where the prediction starts from; null where nothing leads there. */
  readonly from: { readonly at: number; readonly value: number } | null;
  readonly kind: 'forecast' | 'scenario' | 'past';
}

export interface ValueChartProps {
  readonly label: string;
  /** Measurements in order of time. */
  readonly measured: readonly { readonly at: number; readonly value: number }[];
  readonly predicted: readonly PredictedPoint[];
  readonly span: readonly [from: number, to: number];
  readonly height: number;
}

/** One variable over time: what was measured as a line, what was forecast as diamonds with their intervals. */
export function ValueChart({ label, measured, predicted, span, height }: ValueChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const shown = useStore(theme);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const ink = { grid: colourOf('line'), text: colourOf('ink-soft'), measured: colourOf('acquired') };
    const tones = { forecast: colourOf('forecast'), scenario: colourOf('scenario'), past: colourOf('past') };
    const [from, to] = span;
    const values = [
      ...measured.map(({ value }) => value),
      ...predicted.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]),
    ];
    const lowest = Math.min(...values);
    const highest = Math.max(...values);
    const room = (highest - lowest || Math.abs(highest) || 1) * 0.12;
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height,
        ms: 1,
        padding: [6, PLOT.right, 2, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: true, range: () => [from, to] }, y: { range: () => [lowest - room, highest + room] } },
        axes: [
          { show: false },
          {
            size: PLOT.left,
            stroke: ink.text,
            font: '11px system-ui',
            grid: { stroke: ink.grid, width: 1 },
            ticks: { show: false },
            splits: (_, __, low, high) => evenSplits(low, high),
          },
        ],
        series: [{}, { stroke: ink.measured, width: 2, points: { show: true, size: 6, fill: ink.measured } }],
        hooks: { draw: [(chart) => drawPredicted(chart, predicted, tones)] },
      },
      [measured.map(({ at }) => at), measured.map(({ value }) => value)],
      element,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [measured, predicted, span, height, shown]);
  return <div ref={box} class="value-chart" role="img" aria-label={label} />;
}

/** Three round numbers at most. */
function evenSplits(low: number, high: number): number[] {
  const rough = (high - low) / 2.5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const splits: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) splits.push(at || 0);
  return splits;
}

function drawPredicted(
  chart: uPlot,
  predicted: readonly PredictedPoint[],
  tones: Readonly<Record<PredictedPoint['kind'], string>>,
): void {
  const { ctx } = chart;
  const dpr = devicePixelRatio;
  const x = (at: number): number => chart.valToPos(at, 'x', true);
  const y = (value: number): number => chart.valToPos(value, 'y', true);
  ctx.save();
  for (const point of predicted) {
    ctx.strokeStyle = tones[point.kind];
    ctx.fillStyle = tones[point.kind];
    ctx.lineWidth = 1.5 * dpr;
    const [left, top] = [x(point.at), y(point.value)];
    if (point.from !== null) {
      ctx.setLineDash([4 * dpr, 3 * dpr]);
      line(ctx, x(point.from.at), y(point.from.value), left, top);
      ctx.setLineDash([]);
    }
    if (point.low !== null && point.high !== null) {
      const cap = 4 * dpr;
      line(ctx, left, y(point.low), left, y(point.high));
      line(ctx, left - cap, y(point.low), left + cap, y(point.low));
      line(ctx, left - cap, y(point.high), left + cap, y(point.high));
    }
    const size = (point.kind === 'past' ? 3.5 : 5) * dpr;
    ctx.beginPath();
    ctx.moveTo(left, top - size);
    ctx.lineTo(left + size, top);
    ctx.lineTo(left, top + size);
    ctx.lineTo(left - size, top);
    ctx.closePath();
    if (point.kind === 'past') ctx.stroke();
    else ctx.fill();
  }
  ctx.restore();
}

function line(ctx: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}
