import { randomStream, type RandomStream } from '../random-stream.ts';
import { FRAME_MINUTES, type Medium } from './media-schedule.ts';

/** Length of the channel in micrometres from its closed end (the mother cell's) to its mouth, where cells are washed away. */
export const CHANNEL_LENGTH_UM = 25;

/** Doubling time in minutes of a typical cell. */
const DOUBLING_MINUTES = { glucose: 70, lactose: 100 } as const;
/** Growth while the enzymes for lactose are still missing, as a share of the growth in lactose. */
const STARVED_SHARE = 0.25;
/** Length in micrometres that a cell adds between birth and division. */
const ADDED_UM = 2.1;
/** Median minutes from lactose to the first GFP in a cell without any, and the spread of its logarithm. */
const LAG_MINUTES = 45;
const LAG_LOG_SPREAD = 0.45;
/** GFP at which a cell, through the permease that it still has, needs half of that time. */
const MEMORY_GFP = 0.15;
/** GFP made per minute in a typical induced cell; the steady state in lactose is about 1. */
const GFP_PER_MINUTE = 0.0075;
const LEAK_PER_MINUTE = 0.00006;
const GFP_MATURATION_MINUTES = 8;

/** One cell at one moment. */
export interface Cell {
  /** The mother's lineage with 0 (towards the closed end) or 1 added; unique in a channel. */
  readonly lineage: string;
  /** From the closed end to the nearer pole, and from pole to pole. */
  readonly topUm: number;
  readonly lengthUm: number;
  /** Mature fluorescent protein per volume; about 1 in a cell long in lactose. */
  readonly gfp: number;
  readonly isInduced: boolean;
}

/** One channel over time, hidden state included. */
export interface ChannelCourse {
  readonly seed: number;
  readonly stack: number;
  /** The medium from frame k to frame k + 1; one fewer than frames. */
  readonly media: readonly Medium[];
  /** Cells of each frame, from the closed end outwards. */
  readonly frames: readonly (readonly Cell[])[];
}

interface GrowingCell {
  lineage: string;
  length: number;
  divisionLength: number;
  rate: number;
  strength: number;
  lagFactor: number;
  /** Minutes of lactose that are left before induction; null while there is no lactose. */
  lagLeft: number | null;
  isInduced: boolean;
  immature: number;
  gfp: number;
  random: RandomStream;
}

/**
 * Grows one mother-machine channel minute by minute. Pure: seed, stack and media fix every number; every cell has a stream
 * of its own by lineage, so that the same channel in other media differs by the media alone.
 *
 * Law: length grows exponentially, dL/dt = mu L; a cell divides when it has added about 2.1 micrometres since birth (adder:
 * Campos et al., Cell 159, 2014; Taheri-Araghi et al., Current Biology 25, 2015). In lactose an uninduced cell starves for
 * a log-normal lag, median 45 min, shortened to 1 / (1 + g / 0.15) of it by what GFP g it has left (memory: Lambert and
 * Kussell, PLoS Genetics 10, 2014); daughters inherit the rest of the lag. An induced cell makes GFP at a rate of its own, which
 * matures in 8 min; growth dilutes it: dg/dt = m / 8 - mu g, dm/dt = alpha - m / 8 - mu m. Glucose ends induction at once.
 */
export function growChannel(seed: number, stack: number, media: readonly Medium[]): ChannelCourse {
  const start = randomStream(seed, stack, 'first-cells');
  let cells: GrowingCell[] = [];
  for (let position = 0, filled = 0; filled < CHANNEL_LENGTH_UM; position++) {
    const birth = ADDED_UM * start.between(0.9, 1.1);
    const random = randomStream(seed, stack, 'cell', `m${position}`);
    const cell = bornCell(`m${position}`, birth, random);
    cell.length = birth + ADDED_UM * start.uniform() * 0.95;
    cell.gfp = 0.008;
    filled += cell.length;
    cells.push(cell);
  }
  cells = washOut(cells);
  const frames = [snapshot(cells)];
  for (const medium of media) {
    for (let minute = 0; minute < FRAME_MINUTES; minute++) {
      for (const cell of cells) live(cell, medium);
      cells = washOut(
        cells.flatMap((cell) => (cell.length >= cell.divisionLength ? divide(cell, seed, stack) : [cell])),
      );
    }
    frames.push(snapshot(cells));
  }
  return { seed, stack, media, frames };
}

function bornCell(lineage: string, birth: number, random: RandomStream): GrowingCell {
  return {
    lineage,
    length: birth,
    divisionLength: birth + ADDED_UM * Math.max(0.5, 1 + 0.12 * random.normal()),
    rate: Math.max(0.5, 1 + 0.1 * random.normal()),
    strength: Math.exp(0.2 * random.normal()),
    lagFactor: Math.exp(LAG_LOG_SPREAD * random.normal()),
    lagLeft: null,
    isInduced: false,
    immature: 0,
    gfp: 0,
    random,
  };
}

function live(cell: GrowingCell, medium: Medium): void {
  if (medium === 'glucose') {
    cell.isInduced = false;
    cell.lagLeft = null;
  } else if (!cell.isInduced) {
    cell.lagLeft ??= (LAG_MINUTES * cell.lagFactor) / (1 + cell.gfp / MEMORY_GFP);
    cell.lagLeft -= 1;
    cell.isInduced = cell.lagLeft <= 0;
  }
  const isStarved = medium === 'lactose' && !cell.isInduced;
  const growth = (Math.LN2 / DOUBLING_MINUTES[medium]) * cell.rate * (isStarved ? STARVED_SHARE : 1);
  const made = (cell.isInduced ? GFP_PER_MINUTE * cell.strength : 0) + LEAK_PER_MINUTE;
  const matured = cell.immature / GFP_MATURATION_MINUTES;
  cell.length *= Math.exp(growth);
  cell.gfp += matured - growth * cell.gfp;
  cell.immature += made - matured - growth * cell.immature;
}

function divide(mother: GrowingCell, seed: number, stack: number): GrowingCell[] {
  const share = Math.min(0.6, Math.max(0.4, 0.5 + 0.03 * mother.random.normal()));
  return [share, 1 - share].map((part, side) => {
    const lineage = `${mother.lineage}${side}`;
    const daughter = bornCell(lineage, mother.length * part, randomStream(seed, stack, 'cell', lineage));
    const { lagLeft, isInduced, immature, gfp } = mother;
    return Object.assign(daughter, { lagLeft, isInduced, immature, gfp });
  });
}

/** A cell whose middle has left the channel is gone. */
function washOut(cells: GrowingCell[]): GrowingCell[] {
  let top = 0;
  return cells.filter(({ length }) => {
    top += length;
    return top - length / 2 <= CHANNEL_LENGTH_UM;
  });
}

function snapshot(cells: readonly GrowingCell[]): Cell[] {
  let topUm = 0;
  return cells.map(({ lineage, length, gfp, isInduced }) => {
    const cell = { lineage, topUm, lengthUm: length, gfp, isInduced };
    topUm += length;
    return cell;
  });
}
