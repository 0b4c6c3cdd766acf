import type { Volume, VolumeGeometry } from '../../twins/volume.ts';
import type { LocalFrame } from './local-frame.ts';
import { compose, identityMatrix, indexToWorld, rotationOfEuler, transformPoint, type Matrix4 } from './transform.ts';

const DEGREE = Math.PI / 180;
/** More angles lowered the success of easy cases: the coarse cost has wrong minima at large angles. */
const ANGLES_2D = [0, -12, 12, -24, 24];
const ANGLE_3D = 15;

/**
 * Where to start the search, as transforms of the local frame: the position that the headers give, and the centres of mass
 * on each other, both with a few rotations; where `mirrored`, with left and right exchanged. Images are scaled to 0..1.
 */
export function initialAlignments(
  fixed: Volume,
  moving: Volume,
  frame: LocalFrame,
  mirrored: boolean,
): readonly Matrix4[] {
  const from = centreOfMass(fixed, frame);
  const to = centreOfMass(moving, frame);
  const turned = turnedBy(frame, mirrored);
  const shifted = (rotation: Float64Array): Matrix4 => {
    const start = turned(rotation);
    const [x, y, z] = transformPoint(start, ...from);
    start[3] = to[0] - x;
    start[7] = to[1] - y;
    start[11] = frame.flat ? 0 : to[2] - z;
    return start;
  };
  const rotations = frame.flat
    ? ANGLES_2D.map((angle) => rotationOfEuler(0, 0, angle * DEGREE))
    : [
        rotationOfEuler(0, 0, 0),
        ...[0, 1, 2].flatMap((axis) =>
          [-ANGLE_3D, ANGLE_3D].map((angle) => {
            const angles = [0, 0, 0].with(axis, angle * DEGREE);
            return rotationOfEuler(angles[0]!, angles[1]!, angles[2]!);
          }),
        ),
      ];
  const byHeaders = (frame.flat ? rotations : rotations.slice(0, 1)).map(turned);
  return [...byHeaders, ...rotations.map(shifted)];
}

const SCANNED_ANGLES = [0, -4, 4, -8, 8, -12, 12];
/** Voxels of the level that is scanned: shifts are so many to each side, one apart. */
const SCANNED_VOXELS = 5;

/**
 * All turns and shifts about the headers' position that a slice of fine texture may need, which has hardly anything to go by
 * at low resolution and whose costs are flat between its grains. To be tried as they are on `level`.
 */
export function scannedAlignments(
  { spacingMm }: VolumeGeometry,
  frame: LocalFrame,
  mirrored: boolean,
): readonly Matrix4[] {
  const turned = turnedBy(frame, mirrored);
  const steps = Array.from({ length: 2 * SCANNED_VOXELS + 1 }, (_, index) => index - SCANNED_VOXELS);
  return SCANNED_ANGLES.flatMap((angle) => {
    const rotation = rotationOfEuler(0, 0, angle * DEGREE);
    return steps.flatMap((y) =>
      steps.map((x) => {
        const start = turned(rotation);
        start[3] = x * spacingMm[2];
        start[7] = y * spacingMm[1];
        return start;
      }),
    );
  });
}

/** A rotation (3x3 row-major) about the middle of the frame; where `mirrored`, after left and right were exchanged. */
function turnedBy(frame: LocalFrame, mirrored: boolean): (rotation: Float64Array) => Matrix4 {
  const flippedAxis = mirrored ? leftRightAxis(frame) : null;
  return (rotation) => {
    const start = identityMatrix();
    for (let row = 0; row < 3; row++) {
      start.set(rotation.subarray(3 * row, 3 * row + 3), 4 * row);
      if (flippedAxis !== null) {
        start[4 * row + flippedAxis]! *= -1;
      }
    }
    return start;
  };
}

/** The axis of the frame that runs most nearly from the patient's right to left; of the plane, for a slice. */
function leftRightAxis({ toWorld, flat }: LocalFrame): number {
  const alignment = [0, 1, flat ? -1 : 2].map((axis) => (axis < 0 ? -1 : Math.abs(toWorld[axis]!)));
  return alignment.indexOf(Math.max(...alignment));
}

function centreOfMass(volume: Volume, frame: LocalFrame): [x: number, y: number, z: number] {
  const [depth, height, width] = volume.shape;
  let mass = 0;
  let sumX = 0;
  let sumY = 0;
  let sumZ = 0;
  for (let z = 0, i = 0; z < depth; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        const value = volume.voxels[i]!;
        mass += value;
        sumX += value * x;
        sumY += value * y;
        sumZ += value * z;
      }
    }
  }
  const toLocal = compose(frame.fromWorld, indexToWorld(volume));
  return mass > 0
    ? transformPoint(toLocal, sumX / mass, sumY / mass, sumZ / mass)
    : transformPoint(toLocal, (width - 1) / 2, (height - 1) / 2, (depth - 1) / 2);
}
