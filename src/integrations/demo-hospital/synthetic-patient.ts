/** A patient that the demo hospital can present: what happened, what was measured, what the scanner saw. */
export interface SyntheticPatient {
  /** From 0; decides identity and which peculiarities the record has. */
  readonly position: number;
  readonly stage: string;
  readonly gender: 'male' | 'female';
  /** At day 0. */
  readonly ageYears: number;
  /** By day from the first visit. */
  readonly days: readonly SyntheticDay[];
  /** Days of the visits already in the record, rising, the first being 0. */
  readonly visitDays: readonly number[];
  /** Days of visits that can still be published, rising. */
  readonly futureVisitDays: readonly number[];
  /** Of every image of this patient. */
  readonly imageGeometry: SyntheticImageGeometry;
  /** The image of a visit day; pure. `voxels` is [D,H,W], width fastest. */
  renderVisit(day: number): { readonly voxels: Int16Array };
}

interface SyntheticDay {
  /** Simulator units; {@link CISPLATIN_MG_PER_M2_PER_UNIT} makes them a dose. */
  readonly chemoUnits: number;
  readonly radioGy: number;
  readonly ceaNgPerMl: number;
  readonly haemoglobinGPerDl: number;
  readonly bodyWeightKg: number;
}

/** An axial volume: rows run to the patient's left, columns to the back, slices to the head. */
interface SyntheticImageGeometry {
  readonly shape: readonly [depth: number, height: number, width: number];
  readonly spacingMm: readonly [dz: number, dy: number, dx: number];
  /** LPS position in mm of the centre of the first voxel. */
  readonly originMm: readonly [x: number, y: number, z: number];
}

/** The published application of 5 simulator units is presented as the common 75 mg/m2 of cisplatin. */
export const CISPLATIN_MG_PER_M2_PER_UNIT = 15;
