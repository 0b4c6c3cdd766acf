import type { CurvePoint } from './training-checkpoint.ts';

const WIDTH = 640;
const HEIGHT = 360;
const MARGIN = { left: 64, right: 16, top: 32, bottom: 40 };

/** The losses of a run over its steps as an SVG picture, logarithmic where all are above 0. */
export function learningCurveSvg(title: string, curve: readonly CurvePoint[]): string {
  const values = curve.flatMap(({ trainingLoss, validationLoss }) => [trainingLoss, validationLoss]);
  const isLogarithmic = values.every((value) => value > 0);
  const scaled = (value: number): number => (isLogarithmic ? Math.log10(value) : value);
  const low = Math.min(...values.map(scaled));
  const high = Math.max(...values.map(scaled), low + 1e-6);
  const last = Math.max(1, ...curve.map(({ step }) => step));
  const x = (step: number): number => MARGIN.left + (step / last) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number): number =>
    MARGIN.top + ((high - scaled(value)) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const line = (of: (point: CurvePoint) => number, colour: string): string => {
    const points = curve.map((point) => `${x(point.step).toFixed(1)},${y(of(point)).toFixed(1)}`).join(' ');
    return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  };
  const marks = [low, (low + high) / 2, high].map((value) => {
    const shown = isLogarithmic ? 10 ** value : value;
    return `<text x="${MARGIN.left - 6}" y="${(y(shown) + 4).toFixed(1)}" text-anchor="end">${shown.toPrecision(3)}</text>`;
  });
  const base = HEIGHT - MARGIN.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<text x="${MARGIN.left}" y="20">${escaped(title)}</text>`,
    `<path d="M${MARGIN.left} ${MARGIN.top}V${base}H${WIDTH - MARGIN.right}" fill="none" stroke="black"/>`,
    ...marks,
    `<text x="${WIDTH - MARGIN.right}" y="${base + 18}" text-anchor="end">${last} steps</text>`,
    line(({ trainingLoss }) => trainingLoss, '#1f77b4'),
    line(({ validationLoss }) => validationLoss, '#d62728'),
    `<text x="${MARGIN.left}" y="${base + 32}" fill="#1f77b4">training loss</text>`,
    `<text x="${MARGIN.left + 110}" y="${base + 32}" fill="#d62728">validation loss of the averaged weights</text>`,
    '</svg>',
  ].join('\n');
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
