import { FaultError } from '../../errors.ts';
import { dynamicVariables, staticVariables, treatmentVariables } from '../../twins/disease-definition.ts';
import { alignedImage } from '../../twins/usable-image.ts';
import type { VisitResolvers } from '../schema-types.ts';

export const Visit: VisitResolvers = {
  index: ({ visit }) => visit.index,
  occurredAt: ({ visit }) => visit.occurredAt,
  intervalDays: ({ visit }) => visit.intervalDays,
  isReference: ({ visit }) => visit.isReference,
  entry: ({ visit }) => visit.imageEntry,
  image: ({ visit: { imageEntry } }) => ({
    sha256: imageEntry.body.voxelsSha256,
    kind: 'acquired',
    geometry: imageEntry.body.geometry,
  }),
  alignedImage: ({ visit }) => {
    const aligned = alignedImage(visit);
    if (aligned === null) return null;
    const { voxelsSha256, geometry } = aligned;
    return { sha256: voxelsSha256, kind: visit.isReference ? 'acquired' : 'registered', geometry };
  },
  registration: ({ visit }) => visit.registration,
  values: ({ visit, definition }) =>
    dynamicVariables(definition).map((variable) => ({ variable, value: of(visit.values, variable.key) })),
  statics: ({ visit, definition }) =>
    staticVariables(definition).map((variable) => ({ variable, value: of(visit.statics, variable.key) })),
  exposures: ({ visit, definition }) =>
    treatmentVariables(definition).map((variable) => ({ variable, exposure: of(visit.exposures, variable.key) })),
};

function of<T>(record: Readonly<Record<string, T>>, key: string): T {
  const found = record[key];
  if (found === undefined) {
    throw new FaultError('a visit without a variable of its definition');
  }
  return found;
}
