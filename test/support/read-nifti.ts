import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readNifti as readNiftiFile } from '../../src/integrations/image-files/read-nifti.ts';
import type { Volume } from '../../src/twins/volume.ts';

/** The volume of a NIfTI file on disk. */
export const readNifti = (path: string): Volume =>
  readNiftiFile({ name: basename(path), bytes: readFileSync(path) }).volume;
