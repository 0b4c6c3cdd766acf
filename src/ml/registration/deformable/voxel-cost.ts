/**
 * How badly a warped image fits a fixed one, from values at their voxels alone. Writes the derivative by each voxel of
 * `warped` to `force` (0 where `compared` is 0) and returns the cost, which is smaller the better they fit.
 */
export type VoxelCost = (warped: Float32Array, compared: Uint8Array, force: Float32Array) => number;
