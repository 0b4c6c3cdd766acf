export interface ResizeAttrs {
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Row-major [outputs, inputs] weights of linear resizing along one axis, as TensorFlow defines it. */
export function linearWeights(
  inputs: number,
  outputs: number,
  { alignCorners, halfPixelCenters }: ResizeAttrs,
): Float32Array {
  const weights = new Float32Array(outputs * inputs);
  const scale = alignCorners && outputs > 1 ? (inputs - 1) / (outputs - 1) : inputs / outputs;
  for (let row = 0; row < outputs; row++) {
    const source = halfPixelCenters ? scale * (row + 0.5) - 0.5 : scale * row;
    const low = Math.max(0, Math.floor(source));
    const high = Math.min(inputs - 1, Math.ceil(source));
    const share = Math.max(0, source - low);
    weights[row * inputs + low]! += 1 - share;
    weights[row * inputs + high]! += share;
  }
  return weights;
}

/** Row-major [outputs, inputs] weights, a single one per row, of nearest-neighbour resizing along one axis. */
export function nearestWeights(
  inputs: number,
  outputs: number,
  { alignCorners, halfPixelCenters }: ResizeAttrs,
): Float32Array {
  const weights = new Float32Array(outputs * inputs);
  const scale = alignCorners && outputs > 1 ? (inputs - 1) / (outputs - 1) : inputs / outputs;
  for (let row = 0; row < outputs; row++) {
    const source = halfPixelCenters ? scale * (row + 0.5) : scale * row;
    const nearest = alignCorners ? Math.round(source) : Math.floor(source);
    weights[row * inputs + Math.min(inputs - 1, Math.max(0, nearest))] = 1;
  }
  return weights;
}

/** Row-major [outputs, inputs] weights of average pooling along one axis; padding is not counted. */
export function averageWeights(
  inputs: number,
  outputs: number,
  { extent, stride, pad }: { extent: number; stride: number; pad: number },
): Float32Array {
  const weights = new Float32Array(outputs * inputs);
  for (let row = 0; row < outputs; row++) {
    const from = Math.max(0, row * stride - pad);
    const to = Math.min(inputs, row * stride - pad + extent);
    weights.fill(1 / (to - from), row * inputs + from, row * inputs + to);
  }
  return weights;
}
