import { randomStream } from '../random-stream.ts';
import { drawScannerPose, NEUTRAL_POSE, rotationOf, type ScannerPose } from '../tumour/scanner-pose.ts';
import { type BrainPoint, type BrainState, drawBrainAnatomy } from './brain-anatomy.ts';

/** Size of an image: [slices, rows, columns] and their spacing in mm. The brain's centre is the image's centre. */
export interface AtrophyGrid {
  readonly shape: readonly [slices: number, rows: number, columns: number];
  readonly spacingMm: readonly [slices: number, rows: number, columns: number];
}

/** Axial slices through the bodies of the ventricles, and small volumes that hold the ventricles as a whole. */
export const ATROPHY_GRIDS = {
  slice64: { shape: [1, 64, 64], spacingMm: [4, 3.4, 3.4] },
  slice96: { shape: [1, 96, 96], spacingMm: [4, 2.25, 2.25] },
  volume48: { shape: [14, 48, 48], spacingMm: [4.5, 4.5, 4.5] },
} as const satisfies Readonly<Record<string, AtrophyGrid>>;

/** Points through the thickness of a slice where a volume is sampled. */
const SAMPLES_THROUGH = 3;
const NOISE_SD = 12;

/** An image of one visit with what is true of it. */
export interface RenderedBrain {
  /** [D,H,W], width fastest (rows run left, columns posterior, slices up), scanner units, 0 or more. */
  readonly voxels: Float32Array;
  /** Share of each voxel that is ventricle, or cortex. In a volume the ventricles' sum times the voxel volume is the state's. */
  readonly ventricle: Float32Array;
  readonly cortex: Float32Array;
  readonly pose: ScannerPose;
}

/** Renders the visits of one person; anatomy is drawn once. */
export interface AtrophyRenderer {
  /**
   * A pure function of person, visit, state and grid. Pose, gain, slow bias field (together up to about a sixth of the
   * signal) and Rician noise belong to the visit.
   * @param options.isPosed false: no pose jitter, to show what registration should restore.
   * @param options.isNoisy false: neither gain, bias field nor noise.
   */
  render(
    visit: number,
    state: BrainState,
    grid: AtrophyGrid,
    options?: { readonly isPosed?: boolean; readonly isNoisy?: boolean },
  ): RenderedBrain;
}

/** Opens the renderer of person `index`. */
export function openAtrophyRenderer(seed: number, index: number): AtrophyRenderer {
  const anatomy = drawBrainAnatomy(randomStream(seed, index, 'brain-anatomy'));
  return {
    render(visit, state, { shape, spacingMm }, { isPosed = true, isNoisy = true } = {}) {
      const pose = isPosed ? drawScannerPose(randomStream(seed, index, visit, 'pose')) : NEUTRAL_POSE;
      const [depth, height, width] = shape;
      const [dz, dy, dx] = spacingMm;
      const lookAt = anatomy.at(state, Math.sqrt(dy * dx));
      const rotation = rotationOf(pose);
      const through = depth === 1 ? [0] : Array.from({ length: SAMPLES_THROUGH }, (_, k) => sampleOffset(k) * dz);
      const voxels = new Float32Array(depth * height * width);
      const ventricle = new Float32Array(voxels.length);
      const cortex = new Float32Array(voxels.length);
      const point: BrainPoint = { signal: 0, ventricle: 0, cortex: 0 };
      let voxel = 0;
      for (let slice = 0; slice < depth; slice++) {
        for (let row = 0; row < height; row++) {
          for (let column = 0; column < width; column++, voxel++) {
            for (const offset of through) {
              const x = (column - (width - 1) / 2) * dx - pose.shiftMm[0];
              const y = (row - (height - 1) / 2) * dy - pose.shiftMm[1];
              const z = (slice - (depth - 1) / 2) * dz + offset - pose.shiftMm[2];
              // The inverse of the pose: where in the head this voxel lies.
              lookAt(
                rotation[0]! * x + rotation[3]! * y + rotation[6]! * z,
                rotation[1]! * x + rotation[4]! * y + rotation[7]! * z,
                rotation[2]! * x + rotation[5]! * y + rotation[8]! * z,
                point,
              );
              voxels[voxel]! += point.signal / through.length;
              ventricle[voxel]! += point.ventricle / through.length;
              cortex[voxel]! += point.cortex / through.length;
            }
          }
        }
      }
      if (isNoisy) addScanner(voxels, shape, randomStream(seed, index, visit, 'scanner'));
      return { voxels, ventricle, cortex, pose };
    },
  };
}

const sampleOffset = (sample: number): number => (sample + 0.5) / SAMPLES_THROUGH - 0.5;

function addScanner(
  voxels: Float32Array,
  [depth, height, width]: AtrophyGrid['shape'],
  scanner: ReturnType<typeof randomStream>,
): void {
  const gain = scanner.between(0.92, 1.08);
  const bias = Array.from({ length: 5 }, () => scanner.between(-0.03, 0.03));
  for (let voxel = 0; voxel < voxels.length; voxel++) {
    const u = (2 * (voxel % width)) / width - 1;
    const v = (2 * (Math.floor(voxel / width) % height)) / height - 1;
    const w = (2 * Math.floor(voxel / (width * height))) / depth - 1;
    const field = 1 + bias[0]! * u + bias[1]! * v + bias[2]! * w + bias[3]! * (u * u - v * v) + 2 * bias[4]! * u * v;
    // A magnitude image has noise in two channels, so that air is not black.
    const real = voxels[voxel]! * gain * field + NOISE_SD * scanner.normal();
    const imaginary = NOISE_SD * scanner.normal();
    voxels[voxel] = Math.sqrt(real * real + imaginary * imaginary);
  }
}
