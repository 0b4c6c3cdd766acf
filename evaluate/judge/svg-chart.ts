/** A line or, without lines, points of one subject. */
export interface ChartSeries {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number; readonly low?: number; readonly high?: number }[];
  readonly isDashed?: boolean;
  readonly isPoints?: boolean;
}

export interface Chart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly ChartSeries[];
  /** Names in place of numbers along x, at 0, 1, ... */
  readonly categories?: readonly string[];
  /** Drawn from corner to corner where true. */
  readonly hasDiagonal?: boolean;
  readonly yFromZero?: boolean;
}

/** Grey images [rows, columns] in 0..1 in a row, with a caption each. */
export interface PictureStrip {
  readonly title: string;
  readonly pictures: readonly {
    readonly png: Uint8Array;
    readonly width: number;
    readonly height: number;
    readonly caption: string;
  }[];
}

const [WIDTH, HEIGHT] = [430, 300];
const MARGIN = { left: 62, right: 14, top: 30, bottom: 46 };
const MOST_NAMES_IN_A_LINE = 5;
/** Okabe and Ito's colours, which colour-blind people can tell apart. */
const COLOURS = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#e69f00',
  '#56b4e9',
  '#000000',
  '#888888',
  '#8b5a2b',
  '#5e3c99',
];

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const short = (value: number): string => String(Number(value.toPrecision(3)));

/** One page of charts and strips of pictures, `columns` beside each other, as SVG. */
export function svgPage(title: string, parts: readonly (Chart | PictureStrip)[], columns = 2): string {
  const drawn: string[] = [];
  let [row, column, y] = [0, 0, 44];
  const rowHeight = (part: Chart | PictureStrip): number =>
    'pictures' in part
      ? Math.max(...part.pictures.map(({ height }) => height), 0) + 64
      : HEIGHT + legendHeight(part) + 20;
  let tallest = 0;
  for (const part of parts) {
    const isWide = 'pictures' in part;
    if (column > 0 && (isWide || column === columns)) {
      y += tallest;
      [column, tallest] = [0, 0];
      row += 1;
    }
    drawn.push(
      `<g transform="translate(${12 + column * (WIDTH + 12)} ${y})">${isWide ? strip(part) : chart(part)}</g>`,
    );
    tallest = Math.max(tallest, rowHeight(part));
    column = isWide ? columns : column + 1;
  }
  const [width, height] = [24 + columns * (WIDTH + 12), y + tallest + 8];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="white"/><text x="16" y="26" font-size="17" font-weight="bold">${escaped(title)}</text>${drawn.join('')}</svg>\n`;
}

const LEGEND_LINE = 15;
const legendHeight = ({ series }: Chart): number => Math.ceil(series.length / 2) * LEGEND_LINE;

function chart(of: Chart): string {
  const all = of.series.flatMap(({ points }) => points);
  const finite = (numbers: readonly number[]): number[] => numbers.filter(Number.isFinite);
  const xs = of.categories === undefined ? finite(all.map(({ x }) => x)) : [-0.4, of.categories.length - 0.6];
  const ys = finite([
    ...all.flatMap(({ y, low = y, high = y }) => [y, low, high]),
    ...(of.yFromZero === true ? [0] : []),
  ]);
  const xScale = scaleOf(xs, MARGIN.left, WIDTH - MARGIN.right, of.categories !== undefined);
  const yScale = scaleOf(ys, HEIGHT - MARGIN.bottom, MARGIN.top, false);
  const frame = `<rect x="${MARGIN.left}" y="${MARGIN.top}" width="${WIDTH - MARGIN.left - MARGIN.right}" height="${HEIGHT - MARGIN.top - MARGIN.bottom}" fill="none" stroke="#999"/>`;
  const yTicks = yScale.ticks.map((tick) => {
    const at = yScale.at(tick);
    return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#e4e4e4"/><text x="${MARGIN.left - 5}" y="${at + 4}" text-anchor="end">${short(tick)}</text>`;
  });
  const xNames =
    of.categories?.map((name, x) => [x, name] as const) ?? xScale.ticks.map((tick) => [tick, short(tick)] as const);
  // Many names stand in two lines by turns, so that none runs into the next.
  const isCrowded = (of.categories?.length ?? 0) > MOST_NAMES_IN_A_LINE;
  const xTicks = xNames.map(([x, name], index) => {
    const y = HEIGHT - MARGIN.bottom + 13 + (isCrowded && index % 2 === 1 ? 12 : 0);
    return `<text x="${xScale.at(x)}" y="${y}" text-anchor="middle">${escaped(name)}</text>`;
  });
  const diagonal =
    of.hasDiagonal === true
      ? `<line x1="${xScale.at(xScale.low)}" y1="${yScale.at(xScale.low)}" x2="${xScale.at(xScale.high)}" y2="${yScale.at(xScale.high)}" stroke="#bbb" stroke-dasharray="3 3"/>`
      : '';
  const drawn = of.series.map((one, index) => {
    const colour = COLOURS[index % COLOURS.length]!;
    const places = one.points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
    const path = places.map(({ x, y }) => `${xScale.at(x).toFixed(1)},${yScale.at(y).toFixed(1)}`).join(' ');
    const dash = one.isDashed === true ? ' stroke-dasharray="5 3"' : '';
    const line =
      one.isPoints === true
        ? ''
        : `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="${one.isDashed === true ? 1.3 : 2}"${dash}/>`;
    const marks =
      places.length > 60 && one.isPoints !== true
        ? ''
        : places
            .map(({ x, y, low, high }) => {
              const bar =
                low === undefined || high === undefined
                  ? ''
                  : `<line x1="${xScale.at(x).toFixed(1)}" x2="${xScale.at(x).toFixed(1)}" y1="${yScale.at(low).toFixed(1)}" y2="${yScale.at(high).toFixed(1)}" stroke="${colour}"/>`;
              return `${bar}<circle cx="${xScale.at(x).toFixed(1)}" cy="${yScale.at(y).toFixed(1)}" r="${one.isPoints === true ? 1.6 : 2.4}" fill="${colour}"/>`;
            })
            .join('');
    return { isDashed: one.isDashed === true, svg: `${line}${marks}` };
  });
  // What is judged lies above what it is judged beside.
  const lines = [...drawn.filter(({ isDashed }) => isDashed), ...drawn.filter(({ isDashed }) => !isDashed)].map(
    ({ svg }) => svg,
  );
  const legend = of.series.map((one, index) => {
    const [x, y] = [MARGIN.left + (index % 2) * 185, HEIGHT + 8 + LEGEND_LINE * Math.floor(index / 2)];
    return `<line x1="${x}" x2="${x + 18}" y1="${y - 4}" y2="${y - 4}" stroke="${COLOURS[index % COLOURS.length]!}" stroke-width="2.5"${one.isDashed === true ? ' stroke-dasharray="5 3"' : ''}/><text x="${x + 23}" y="${y}">${escaped(one.name)}</text>`;
  });
  return [
    `<text x="${MARGIN.left}" y="18" font-size="13" font-weight="bold">${escaped(of.title)}</text>`,
    ...yTicks,
    frame,
    ...xTicks,
    diagonal,
    ...lines,
    `<text x="${(MARGIN.left + WIDTH - MARGIN.right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(of.x)}</text>`,
    `<text transform="translate(14 ${(MARGIN.top + HEIGHT - MARGIN.bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(of.y)}</text>`,
    ...legend,
  ].join('');
}

interface Scale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  at(value: number): number;
}

function scaleOf(values: readonly number[], from: number, to: number, isExact: boolean): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const isEmpty = values.length === 0 || !(most > least);
  const spread = isEmpty ? 1 : most - least;
  const centre = isEmpty ? (values[0] ?? 0) : least;
  const [low, high] = isExact
    ? [least, most]
    : [isEmpty ? centre - 0.5 : least - 0.03 * spread, isEmpty ? centre + 0.5 : most + 0.03 * spread];
  const raw = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.ceil(low / step);
  const ticks = Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, k) => (first + k) * step);
  return { low, high, ticks, at: (value) => from + ((value - low) / (high - low)) * (to - from) };
}

function strip({ title, pictures }: PictureStrip): string {
  let x = 4;
  const images = pictures.map(({ png, width, height, caption }) => {
    const place = x;
    x += Math.max(width, 40) + 8;
    const data = Buffer.from(png).toString('base64');
    return `<image x="${place}" y="28" width="${width}" height="${height}" image-rendering="pixelated" href="data:image/png;base64,${data}"/><text x="${place + width / 2}" y="${height + 42}" text-anchor="middle" font-size="10">${escaped(caption)}</text>`;
  });
  return `<text x="4" y="18" font-size="13" font-weight="bold">${escaped(title)}</text>${images.join('')}`;
}
