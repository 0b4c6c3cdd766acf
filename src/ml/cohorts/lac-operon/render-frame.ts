import { randomStream, type RandomStream } from '../random-stream.ts';
import { type Cell, CHANNEL_LENGTH_UM, type ChannelCourse } from './grow-channel.ts';

/** Size of a frame in pixels and of a pixel in micrometres. */
export interface ChannelGrid {
  readonly rows: number;
  readonly columns: number;
  readonly pixelUm: number;
}

/** The channel with a little of its surroundings. */
export const CHANNEL_GRID: ChannelGrid = { rows: 128, columns: 32, pixelUm: 0.22 };

const CELL_WIDTH_UM = 1;
const CHANNEL_WIDTH_UM = 1.5;
const MARGIN_UM = 1.5;
/** Standard deviations in micrometres of the blur of light, of the halo of phase contrast and of light that scatters. */
const BLUR_UM = 0.16;
const HALO_UM = 0.75;
const SCATTER_UM = 1.2;
const PHASE_BACKGROUND = 21_000;
const GFP_BACKGROUND = 420;
const GFP_SCALE = 9_000;
/** Counts of the camera per photon. */
const COUNTS_PER_PHOTON = 6;
const READ_NOISE = 12;

/** One frame of one channel. Both images [rows, columns], counts of a 16-bit camera. */
export interface ChannelFrame {
  readonly phase: Uint16Array;
  readonly gfp: Uint16Array;
  /** 0: no cell; k: the k-th cell from the closed end, as in the course. */
  readonly labels: Uint8Array;
}

/**
 * Renders a frame: cells as rods of 1 micrometre in a channel with the closed end at the top. Phase contrast: dark cells with a bright
 * halo between dark walls; GFP: what each cell holds, blurred and scattered, with the noise of photons and camera. A pure
 * function of course, frame and grid; gain and a stage drift of up to half a pixel belong to the frame.
 * @param options.isNoisy false: neither drift, gain nor noise.
 */
export function renderChannelFrame(
  course: ChannelCourse,
  frame: number,
  grid: ChannelGrid = CHANNEL_GRID,
  options: { readonly isNoisy?: boolean } = {},
): ChannelFrame {
  const { seed, stack } = course;
  const { isNoisy = true } = options;
  const scope = randomStream(seed, stack, frame, 'microscope');
  const draw = (range: number): number => (isNoisy ? scope.between(-range, range) : 0);
  const drift = { x: draw(0.5) * grid.pixelUm, y: draw(0.5) * grid.pixelUm };
  const phaseGain = 1 + draw(0.03);
  const gfpGain = 1 + draw(0.03);

  const cells = course.frames[frame]!;
  const { body, glow, labels } = layOut(cells, grid, drift, seed, stack);
  const sharp = blur(body, grid, BLUR_UM);
  const halo = blur(body, grid, HALO_UM);
  const direct = blur(glow, grid, BLUR_UM);
  const scattered = blur(glow, grid, SCATTER_UM);

  const phase = new Uint16Array(body.length);
  const gfp = new Uint16Array(body.length);
  for (let pixel = 0; pixel < body.length; pixel++) {
    const x = ((pixel % grid.columns) + 0.5 - grid.columns / 2) * grid.pixelUm - drift.x;
    const y = (Math.floor(pixel / grid.columns) + 0.5) * grid.pixelUm - MARGIN_UM - drift.y;
    const light =
      PHASE_BACKGROUND * phaseGain * (1 - 0.62 * sharp[pixel]! + 0.5 * (halo[pixel]! - 0.7 * sharp[pixel]!));
    phase[pixel] = camera(light * wallShade(x, y), isNoisy ? scope : null);
    const glowing = GFP_SCALE * (0.88 * direct[pixel]! + 0.12 * scattered[pixel]!) + 60 * sharp[pixel]!;
    gfp[pixel] = camera((GFP_BACKGROUND + glowing) * gfpGain, isNoisy ? scope : null);
  }
  return { phase, gfp, labels };
}

/** What an instrument would read off a frame's true cells. */
export interface ChannelValues {
  readonly cells: number;
  /** Mean over cells, weighted by length; about 1 long in lactose. */
  readonly gfp: number;
  readonly motherLengthUm: number;
}

/** The values that go with a frame. */
export function channelValues(cells: readonly Cell[]): ChannelValues {
  const total = cells.reduce((sum, { lengthUm }) => sum + lengthUm, 0);
  return {
    cells: cells.length,
    gfp: cells.reduce((sum, { gfp, lengthUm }) => sum + gfp * lengthUm, 0) / total,
    motherLengthUm: cells[0]!.lengthUm,
  };
}

function layOut(
  cells: readonly Cell[],
  { rows, columns, pixelUm }: ChannelGrid,
  drift: { readonly x: number; readonly y: number },
  seed: number,
  stack: number,
): { body: Float32Array; glow: Float32Array; labels: Uint8Array } {
  const body = new Float32Array(rows * columns);
  const glow = new Float32Array(rows * columns);
  const labels = new Uint8Array(rows * columns);
  const radius = CELL_WIDTH_UM / 2;
  for (const [index, { lineage, topUm, lengthUm, gfp }] of cells.entries()) {
    const lean = randomStream(seed, stack, 'lean', lineage);
    const room = CHANNEL_WIDTH_UM - CELL_WIDTH_UM;
    const upper = lean.between(-room / 2, room / 2);
    const lower = lean.between(-room / 2, room / 2);
    const first = Math.max(0, Math.floor((topUm + MARGIN_UM + drift.y) / pixelUm) - 1);
    const last = Math.min(rows - 1, Math.ceil((topUm + lengthUm + MARGIN_UM + drift.y) / pixelUm) + 1);
    for (let row = first; row <= last; row++) {
      const y = (row + 0.5) * pixelUm - MARGIN_UM - drift.y - topUm;
      const along = Math.min(1, Math.max(0, y / lengthUm));
      const centre = upper + (lower - upper) * along;
      const axis = Math.min(lengthUm - radius, Math.max(radius, y));
      for (let column = 0; column < columns; column++) {
        const x = (column + 0.5 - columns / 2) * pixelUm - drift.x - centre;
        const distance = Math.hypot(x, y - axis) - radius;
        const share = Math.min(1, Math.max(0, 0.5 - distance / pixelUm));
        if (share === 0) continue;
        const pixel = row * columns + column;
        body[pixel] = Math.min(1, body[pixel]! + share);
        // A rod is thickest along its axis.
        glow[pixel]! += share * gfp * Math.sqrt(Math.max(0.15, 1 - (1 + distance / radius) ** 2));
        if (share >= 0.5) labels[pixel] = index + 1;
      }
    }
  }
  return { body, glow, labels };
}

/** Light that the walls of the channel and its closed end leave, 0..1. */
function wallShade(x: number, y: number): number {
  const side = Math.abs(x) - CHANNEL_WIDTH_UM / 2 - 0.25;
  const isBeside = y > 0 && y < CHANNEL_LENGTH_UM + MARGIN_UM;
  const across = isBeside
    ? side
    : Math.hypot(Math.max(side, 0), Math.min(Math.abs(y), Math.abs(y - CHANNEL_LENGTH_UM)));
  const end = Math.abs(x) < CHANNEL_WIDTH_UM / 2 ? y + 0.25 : Infinity;
  const wall = Math.min(Math.abs(across), Math.abs(end));
  return 1 - 0.3 * Math.exp(-((wall / 0.25) ** 2)) + (side > 0.4 ? 0.04 : 0);
}

function camera(light: number, random: RandomStream | null): number {
  const noise =
    random === null ? 0 : random.normal() * Math.sqrt(READ_NOISE ** 2 + COUNTS_PER_PHOTON * Math.max(0, light));
  return Math.min(65_535, Math.max(0, Math.round(light + noise)));
}

/** Gaussian, separable, edges continued. */
function blur(image: Float32Array, { rows, columns, pixelUm }: ChannelGrid, sigmaUm: number): Float32Array {
  const sigma = sigmaUm / pixelUm;
  const reach = Math.ceil(3 * sigma);
  const kernel = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-0.5 * ((k - reach) / sigma) ** 2));
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const pass = (from: Float32Array, length: number, step: number, lines: number, lineStep: number): Float32Array => {
    const to = new Float32Array(from.length);
    for (let line = 0; line < lines; line++) {
      for (let at = 0; at < length; at++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const other = Math.min(length - 1, Math.max(0, at + k));
          sum += kernel[k + reach]! * from[line * lineStep + other * step]!;
        }
        to[line * lineStep + at * step] = sum / total;
      }
    }
    return to;
  };
  return pass(pass(image, rows, columns, columns, 1), columns, 1, rows, columns);
}
