import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { RequestHandler } from 'express';
import { FaultError } from '../../errors.ts';
import type { BlobStore, UnitOfWork } from '../../twins/ports.ts';
import type { DisplacementField } from '../../twins/registration.ts';
import { voxelCount } from '../../twins/volume.ts';
import { problem } from '../problem.ts';
import { callerOf } from '../request-scope.ts';

/** A field as the bytes of a NIfTI file. */
export type FieldNifti = (field: DisplacementField) => Uint8Array;

const FILE = /^([0-9a-f]{64})\.nii\.gz$/;

/** Displacement fields of the caller's visits by the hash of their vectors: `<sha256>.nii.gz`. */
export function displacementFields({
  unitOfWork,
  blobs,
  fieldNifti,
}: {
  readonly unitOfWork: UnitOfWork;
  readonly blobs: BlobStore;
  readonly fieldNifti: FieldNifti;
}): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    if (caller === undefined) {
      throw new FaultError('a displacement field was asked for without authentication');
    }
    const sha256 = FILE.exec(String(request.params['file']))?.[1];
    if (sha256 === undefined) return problem(response, 404);
    if (!caller.permissions.has('READ_IMAGE')) return problem(response, 403, 'You may not see pictures.');
    const stored = await unitOfWork.run(caller.actor, (stores) => stores.registrations.fieldBySha256(sha256));
    if (stored === null) return problem(response, 404);
    response.set({
      etag: `"${sha256}.field"`,
      'cache-control': 'private, max-age=31536000, immutable',
      vary: 'authorization',
    });
    if (request.fresh) {
      response.status(304).end();
      return;
    }
    const { geometry } = stored;
    const bytes = await blobs.get(sha256);
    if (bytes.byteLength !== 12 * voxelCount(geometry.shape)) {
      throw new FaultError(`${bytes.byteLength} bytes cannot be the vectors of ${geometry.shape.join('x')} voxels`);
    }
    response.type('application/gzip');
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    // A copy, because a blob's bytes need not be aligned to four.
    const vectorsMm = new Float32Array(bytes.slice().buffer);
    await pipeline(Readable.from([fieldNifti({ geometry, vectorsMm })]), createGzip({ level: 1 }), response);
  };
}
