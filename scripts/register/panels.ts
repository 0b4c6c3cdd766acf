import { displaySize, resize } from '../../src/http/pictures/square-pixels.ts';
import { toDiverging, toGrey } from '../../src/http/pictures/colour.ts';
import { cutSlice, planeOf } from '../../src/http/pictures/image-plane.ts';
import type { Picture } from '../../src/integrations/image-files/write-png.ts';
import { applyWindow, windowOf } from '../../src/ml/registration/intensity-window.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { Volume, VolumeGeometry } from '../../src/twins/volume.ts';

/** Squares of a checkerboard along the width of a panel. */
const SQUARES = 8;
const GAP = 6;

/** Two images on one grid, 0..1 by their percentiles. */
export interface Overlay {
  readonly geometry: VolumeGeometry;
  readonly fixed: Float32Array;
  readonly moved: Float32Array;
}

/** Prepares images of one grid for pictures; a blank one stays black. */
export function overlayOf(
  fixed: Volume,
  moved: Float32Array,
  percentiles: RegistrationPlan['preprocessing']['percentiles'],
): Overlay {
  const scaled = (voxels: Float32Array): Float32Array => {
    const window = windowOf(voxels, percentiles);
    return window === null ? new Float32Array(voxels.length) : applyWindow(voxels, window);
  };
  return { geometry: fixed, fixed: scaled(fixed.voxels), moved: scaled(moved) };
}

/** Squares of the fixed and of the moved image by turns, in the middle of each plane: edges must go on across them. */
export const checkerboard = (overlay: Overlay): Picture =>
  sideBySide(overlay, ({ width, height, fixed, moved }) => {
    const square = Math.max(1, Math.ceil(width / SQUARES));
    const mixed = fixed.map((value, index) => {
      const [row, column] = [Math.floor(index / width), index % width];
      return (Math.floor(row / square) + Math.floor(column / square)) % 2 === 0 ? value : moved[index]!;
    });
    return { width, height, channels: 1, data: toGrey(mixed, { low: 0, high: 1 }) };
  });

/** Moved less fixed in the middle of each plane: red where the moved image is brighter, blue where it is darker. */
export const difference = (overlay: Overlay): Picture =>
  sideBySide(overlay, ({ width, height, fixed, moved }) => ({
    width,
    height,
    channels: 3,
    data: toDiverging(
      moved.map((value, index) => value - fixed[index]!),
      { low: -1, high: 1 },
    ),
  }));

interface Cut {
  readonly width: number;
  readonly height: number;
  readonly fixed: Float32Array;
  readonly moved: Float32Array;
}

function sideBySide({ geometry, fixed, moved }: Overlay, draw: (cut: Cut) => Picture): Picture {
  const planes = geometry.shape[0] === 1 ? (['acquired'] as const) : (['axial', 'coronal', 'sagittal'] as const);
  const panels = planes.map((name) => {
    const plane = planeOf(geometry, name);
    const middle = Math.floor(plane.through.count / 2);
    const [a, b] = [cutSlice(fixed, plane, middle), cutSlice(moved, plane, middle)];
    const size = displaySize(a);
    return draw({ ...size, fixed: resize(a, size), moved: resize(b, size) });
  });
  const { channels } = panels[0]!;
  const height = Math.max(...panels.map((panel) => panel.height));
  const width = panels.reduce((sum, panel) => sum + panel.width, GAP * (panels.length - 1));
  // No change is white.
  const data = new Uint8Array(width * height * channels).fill(channels === 3 ? 255 : 0);
  let left = 0;
  for (const panel of panels) {
    const row = panel.width * channels;
    for (let y = 0; y < panel.height; y++) {
      data.set(panel.data.subarray(y * row, (y + 1) * row), (y * width + left) * channels);
    }
    left += panel.width + GAP;
  }
  return { width, height, channels, data };
}
