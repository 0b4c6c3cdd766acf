import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { mapFiles } from './map-files.ts';
import { dimensionsOf, encodeMetaImage } from '../../src/integrations/image-files/write-meta-image.ts';
import { encodeNifti } from '../../src/integrations/image-files/write-nifti.ts';
import { encodePng } from '../../src/integrations/image-files/write-png.ts';
import { resample } from '../../src/ml/registration/sampling.ts';
import { identityMatrix } from '../../src/ml/registration/transform.ts';
import { valueRangeOf } from '../../src/ml/registration/value-range.ts';
import type { RegistrationRequest, RegistrationResult } from '../../src/twins/registration.ts';
import type { Volume } from '../../src/twins/volume.ts';
import { checkerboard, difference, overlayOf } from './panels.ts';
import { formatRegistration, type RegistrationReport } from './report.ts';

/** Writes what a registration gave into a folder; a refused one leaves pictures of the images as they were, and the report. */
export async function writeResults(
  folder: string,
  { fixed, moving, plan }: RegistrationRequest,
  result: RegistrationResult,
  report: Omit<RegistrationReport, 'files'>,
): Promise<RegistrationReport> {
  const { percentiles } = plan.preprocessing;
  const files = new Map<string, Uint8Array>();
  const unaligned = valueRangeOf(moving.voxels) === null ? null : onGridOf(fixed, moving);
  if (unaligned !== null) {
    const before = overlayOf(fixed, unaligned, percentiles);
    files.set('checkerboard-before.png', encodePng(checkerboard(before)));
    files.set('difference-before.png', encodePng(difference(before)));
  }
  if (result.moved !== null) {
    const after = overlayOf(fixed, result.moved.voxels, percentiles);
    files.set('checkerboard.png', encodePng(checkerboard(after)));
    files.set('difference.png', encodePng(difference(after)));
    // A picture stays one: NIfTI would give it a third axis.
    if (dimensionsOf(fixed) === 2) files.set('moved.mha', encodeMetaImage(result.moved));
    else files.set('moved.nii.gz', encodeNifti(result.moved, `registered, ${result.method}`));
    for (const [name, bytes] of mapFiles(fixed, result)) files.set(name, bytes);
  }
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of files) await writeFile(path.join(folder, name), bytes);
  const whole = { ...report, files: [...files.keys(), 'report.json', 'report.txt'] };
  await writeFile(path.join(folder, 'report.json'), `${JSON.stringify(whole, null, 2)}\n`);
  await writeFile(path.join(folder, 'report.txt'), formatRegistration(whole));
  return whole;
}

/** The moving image where its header puts it. */
function onGridOf(fixed: Volume, moving: Volume): Float32Array {
  return resample(moving, fixed, identityMatrix(), valueRangeOf(moving.voxels)!.low).voxels;
}
