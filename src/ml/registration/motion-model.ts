import { rotationOfEuler, type Matrix4 } from './transform.ts';

/** Number of parameters of a full affine transform: 9 of the matrix (row-major), then 3 of the shift in mm. */
export const AFFINE_PARAMETERS = 12;

/**
 * How an alignment may move: a family of transforms, described by small changes of an affine one. The optimiser works on
 * the derivatives by all 12 affine parameters; a model picks the directions that it allows.
 */
export interface MotionModel {
  readonly kind: 'rigid' | 'similarity' | 'affine';
  readonly parameters: number;
  /** Derivatives of the 12 affine parameters by the model's own at `transform`: 12 x parameters, row-major. */
  basis(transform: Matrix4): Float64Array;
  /** The transform after a change of the model's parameters. */
  moved(transform: Matrix4, change: Float64Array): Matrix4;
}

/** Rotation (radians about x, y, z) and shift (mm); in the plane only, when flat. */
export function rigidMotion(flat: boolean): MotionModel {
  const rotations = flat ? [2] : [0, 1, 2];
  const shifts = flat ? [0, 1] : [0, 1, 2];
  const parameters = rotations.length + shifts.length;
  return {
    kind: 'rigid',
    parameters,
    basis(transform) {
      const basis = new Float64Array(AFFINE_PARAMETERS * parameters);
      rotations.forEach((axis, p) => {
        // d(R A)/d(angle) at 0 is the cross product with the axis, column by column of A.
        const next = (axis + 1) % 3;
        const last = (axis + 2) % 3;
        for (let column = 0; column < 3; column++) {
          basis[(3 * next + column) * parameters + p] = -transform[4 * last + column]!;
          basis[(3 * last + column) * parameters + p] = transform[4 * next + column]!;
        }
      });
      shifts.forEach((axis, p) => {
        basis[(9 + axis) * parameters + rotations.length + p] = 1;
      });
      return basis;
    },
    moved(transform, change) {
      const angles = [0, 0, 0];
      rotations.forEach((axis, p) => {
        angles[axis] = change[p]!;
      });
      const rotation = rotationOfEuler(angles[0]!, angles[1]!, angles[2]!);
      const out = transform.slice();
      for (let row = 0; row < 3; row++) {
        for (let column = 0; column < 3; column++) {
          out[4 * row + column] =
            rotation[3 * row]! * transform[column]! +
            rotation[3 * row + 1]! * transform[4 + column]! +
            rotation[3 * row + 2]! * transform[8 + column]!;
        }
      }
      shifts.forEach((axis, p) => {
        out[4 * axis + 3]! += change[rotations.length + p]!;
      });
      return out;
    },
  };
}

/** A rigid motion and one scale for all axes (its natural logarithm is the last parameter); in the plane only, when flat. */
function similarityMotion(flat: boolean): MotionModel {
  const rigid = rigidMotion(flat);
  const parameters = rigid.parameters + 1;
  const axes = flat ? 2 : 3;
  return {
    kind: 'similarity',
    parameters,
    basis(transform) {
      const basis = new Float64Array(AFFINE_PARAMETERS * parameters);
      const ofRigid = rigid.basis(transform);
      for (let row = 0; row < AFFINE_PARAMETERS; row++) {
        basis.set(ofRigid.subarray(row * rigid.parameters, (row + 1) * rigid.parameters), row * parameters);
      }
      for (let row = 0; row < axes; row++) {
        for (let column = 0; column < axes; column++) {
          basis[(3 * row + column) * parameters + parameters - 1] = transform[4 * row + column]!;
        }
      }
      return basis;
    },
    moved(transform, change) {
      const out = rigid.moved(transform, change);
      const scale = Math.exp(change[parameters - 1]!);
      for (let row = 0; row < axes; row++) {
        for (let column = 0; column < axes; column++) {
          out[4 * row + column]! *= scale;
        }
      }
      return out;
    },
  };
}

/** Every linear map and shift; in the plane only, when flat. */
export function affineMotion(flat: boolean): MotionModel {
  const free = flat ? [0, 1, 3, 4, 9, 10] : Array.from({ length: AFFINE_PARAMETERS }, (_, index) => index);
  const basis = new Float64Array(AFFINE_PARAMETERS * free.length);
  free.forEach((parameter, p) => {
    basis[parameter * free.length + p] = 1;
  });
  return {
    kind: 'affine',
    parameters: free.length,
    basis: () => basis,
    moved(transform, change) {
      const out = transform.slice();
      free.forEach((parameter, p) => {
        const at = parameter < 9 ? 4 * Math.floor(parameter / 3) + (parameter % 3) : 4 * (parameter - 9) + 3;
        out[at]! += change[p]!;
      });
      return out;
    },
  };
}

/** The motion model of a stage. */
export const MOTION_MODELS = { rigid: rigidMotion, similarity: similarityMotion, affine: affineMotion } as const;
