/** Volume in cm3 of a sphere with this diameter in cm. */
export const volumeOfDiameter = (diameterCm: number): number => (Math.PI / 6) * diameterCm ** 3;

/** Diameter in cm of the sphere with this volume in cm3; 0 for an empty one. */
export const diameterOfVolume = (volumeCm3: number): number => Math.cbrt((6 * Math.max(volumeCm3, 0)) / Math.PI);
