import { randomStream } from '../random-stream.ts';
import { valueNoise } from '../value-noise.ts';
import { drawHeadAnatomy } from './head-anatomy.ts';
import { drawLesionShape } from './lesion-shape.ts';
import { drawScannerPose, NEUTRAL_POSE, rotationOf, type ScannerPose } from './scanner-pose.ts';

/** Slices, rows, columns of every rendered image. */
export const TUMOUR_IMAGE_SHAPE = [9, 128, 128] as const;
/** [slices, rows, columns] in mm. Slices touch each other. */
export const TUMOUR_IMAGE_SPACING_MM = [6, 1.7, 1.7] as const;
/** LPS position in mm of the centre of the first voxel: the head centre is in the middle of the image. */
export const TUMOUR_IMAGE_ORIGIN_MM = [-63.5 * 1.7, -63.5 * 1.7, -4 * 6] as const;
/** Above this volume in cm3 an irregular lesion may leave the imaged slab. */
export const LARGEST_IMAGED_VOLUME_CM3 = 60;

const [DEPTH, HEIGHT, WIDTH] = TUMOUR_IMAGE_SHAPE;
const [DZ, DY, DX] = TUMOUR_IMAGE_SPACING_MM;
/** Points per voxel edge where the lesion's share of a voxel is counted. */
const SAMPLES_ACROSS = 2;
const SAMPLES_THROUGH = 6;
/** Twice the half diagonal of a voxel: further away a voxel is all lesion or none of it. */
const NEAR_OUTLINE_MM = 6.5;
const OEDEMA_WIDTH_MM = 9;
const NOISE_SD = 14;

/** An image of one visit with what is true of it. */
export interface RenderedVisit {
  /** [D,H,W], width fastest (rows run left, columns posterior, slices head-wards), scanner units, 0..4095. */
  readonly voxels: Int16Array;
  /** Share of each voxel that is lesion, 0..1; its sum times the voxel volume is the lesion volume. */
  readonly lesion: Float32Array;
  readonly pose: ScannerPose;
}

/**
 * Renders a T1-weighted, contrast-enhanced axial MR of one patient at one visit: a pure function of (seed, index, visit,
 * volume). The anatomy and the lesion's outline belong to the patient; pose, gain, slow bias field (together up to about
 * a fifth of the signal) and Rician noise belong to the visit.
 *
 * @param volumeCm3 the simulated lesion volume; rendered to within 3 % from 0.5 to {@link LARGEST_IMAGED_VOLUME_CM3}.
 * @param options.isPosed false: no pose jitter, to show what registration should restore. Everything else is kept.
 * @param options.isNoisy false: neither gain, bias field nor noise.
 */
export function renderTumourVisit(
  seed: number,
  index: number,
  visit: number,
  volumeCm3: number,
  options: { readonly isPosed?: boolean; readonly isNoisy?: boolean } = {},
): RenderedVisit {
  const isPosed = options.isPosed !== false;
  const healthy = isPosed ? null : healthyHead(seed, index);
  const anatomy = isPosed ? drawHeadAnatomy(randomStream(seed, index, 'anatomy')) : null;
  const shape = drawLesionShape(randomStream(seed, index, 'lesion-shape'));
  const lesionTexture = valueNoise(randomStream(seed, index, 'lesion-texture'));
  const drawn = drawScannerPose(randomStream(seed, index, visit, 'pose'));
  const pose = isPosed ? drawn : NEUTRAL_POSE;
  const scanner = randomStream(seed, index, visit, 'scanner');
  const isNoisy = options.isNoisy !== false;
  const gain = isNoisy ? scanner.between(0.9, 1.1) : 1;
  const bias = Array.from({ length: 5 }, () => (isNoisy ? scanner.between(-0.035, 0.035) : 0));
  const noiseSd = isNoisy ? NOISE_SD : 0;

  const radiusMm = 10 * Math.cbrt((3 * Math.max(volumeCm3, 0)) / (4 * Math.PI));
  const reachMm = radiusMm * shape.largestRadius;
  const rotation = rotationOf(pose);
  const originMm = TUMOUR_IMAGE_ORIGIN_MM;
  const [cx, cy, cz] = shape.centreMm;

  /** Signed distance in mm to the outline along the ray from the centre; negative inside. */
  const outlineDistance = (qx: number, qy: number, qz: number): number => {
    const distance = Math.sqrt(qx * qx + qy * qy + qz * qz);
    return distance === 0 ? -radiusMm : distance - radiusMm * shape.radiusOf(qx, qy, qz);
  };

  const voxels = new Int16Array(DEPTH * HEIGHT * WIDTH);
  const lesion = new Float32Array(voxels.length);
  let at = 0;
  for (let slice = 0; slice < DEPTH; slice++) {
    for (let row = 0; row < HEIGHT; row++) {
      for (let column = 0; column < WIDTH; column++, at++) {
        const x = originMm[0] + column * DX;
        const y = originMm[1] + row * DY;
        const z = originMm[2] + slice * DZ;
        // The inverse of the pose: where in the patient this voxel lies.
        const sx = x - pose.shiftMm[0];
        const sy = y - pose.shiftMm[1];
        const sz = z - pose.shiftMm[2];
        const px = rotation[0]! * sx + rotation[3]! * sy + rotation[6]! * sz;
        const py = rotation[1]! * sx + rotation[4]! * sy + rotation[7]! * sz;
        const pz = rotation[2]! * sx + rotation[5]! * sy + rotation[8]! * sz;

        let signal = anatomy === null ? healthy![at]! : anatomy.signalAt(px, py, pz);
        const qx = px - cx;
        const qy = py - cy;
        const qz = pz - cz;
        const reach = reachMm + 3 * OEDEMA_WIDTH_MM;
        if (radiusMm > 0 && qx * qx + qy * qy + qz * qz < reach * reach) {
          const distance = outlineDistance(qx, qy, qz);
          const isNearOutline = Math.abs(distance) < NEAR_OUTLINE_MM;
          const share = isNearOutline ? lesionShare(qx, qy, qz, rotation, outlineDistance) : Number(distance < 0);
          const oedema = Math.exp(-((Math.max(0, distance) / OEDEMA_WIDTH_MM) ** 2));
          signal *= 1 - 0.3 * oedema;
          if (share > 0) {
            const isCore = 1 / (1 + Math.exp(distance / 2 + 3.2));
            const enhancing = 1060 + 90 * lesionTexture(px / 3.5, py / 3.5, pz / 5);
            const core = 560 + 110 * lesionTexture(px / 5, py / 5, pz / 6);
            signal += share * (enhancing + (core - enhancing) * isCore - signal);
          }
          lesion[at] = share;
        }

        const u = x / 109;
        const v = y / 109;
        const field =
          1 + bias[0]! * u + bias[1]! * v + (bias[2]! * z) / 27 + bias[3]! * (u * u - v * v) + 2 * bias[4]! * u * v;
        // A magnitude image has noise in two channels, so that air is not black.
        const real = signal * gain * field + noiseSd * scanner.normal();
        const imaginary = noiseSd * scanner.normal();
        voxels[at] = Math.min(4095, Math.round(Math.sqrt(real * real + imaginary * imaginary)));
      }
    }
  }
  return { voxels, lesion, pose };
}

let rendered: { readonly of: string; readonly signal: Float64Array } | null = null;

/** A patient's head in the neutral pose; the last one is kept, because most of the time goes into it. */
function healthyHead(seed: number, index: number): Float64Array {
  const of = `${seed}/${index}`;
  if (rendered?.of !== of) {
    const anatomy = drawHeadAnatomy(randomStream(seed, index, 'anatomy'));
    const [x, y, z] = TUMOUR_IMAGE_ORIGIN_MM;
    const signal = Float64Array.from({ length: DEPTH * HEIGHT * WIDTH }, (_, at) => {
      const column = at % WIDTH;
      const row = Math.floor(at / WIDTH) % HEIGHT;
      const slice = Math.floor(at / (WIDTH * HEIGHT));
      return anatomy.signalAt(x + column * DX, y + row * DY, z + slice * DZ);
    });
    rendered = { of, signal };
  }
  return rendered.signal;
}

/** The share of a voxel inside the outline, by counting points. */
function lesionShare(
  qx: number,
  qy: number,
  qz: number,
  rotation: readonly number[],
  outlineDistance: (x: number, y: number, z: number) => number,
): number {
  let inside = 0;
  for (let k = 0; k < SAMPLES_THROUGH; k++) {
    const oz = ((k + 0.5) / SAMPLES_THROUGH - 0.5) * DZ;
    for (let j = 0; j < SAMPLES_ACROSS; j++) {
      const oy = ((j + 0.5) / SAMPLES_ACROSS - 0.5) * DY;
      for (let i = 0; i < SAMPLES_ACROSS; i++) {
        const ox = ((i + 0.5) / SAMPLES_ACROSS - 0.5) * DX;
        const distance = outlineDistance(
          qx + rotation[0]! * ox + rotation[3]! * oy + rotation[6]! * oz,
          qy + rotation[1]! * ox + rotation[4]! * oy + rotation[7]! * oz,
          qz + rotation[2]! * ox + rotation[5]! * oy + rotation[8]! * oz,
        );
        // Half a sample's width of softness, so that growth of a tenth of a pixel shows.
        inside += Math.min(1, Math.max(0, 0.5 - distance / 0.9));
      }
    }
  }
  return inside / (SAMPLES_THROUGH * SAMPLES_ACROSS * SAMPLES_ACROSS);
}
