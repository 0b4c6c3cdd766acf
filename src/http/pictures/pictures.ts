import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Request, RequestHandler, Response } from 'express';
import { DomainError, FaultError } from '../../errors.ts';
import { isMadeByModel } from '../../twins/catalogue-image.ts';
import type { BlobStore, CataloguedImage, UnitOfWork } from '../../twins/ports.ts';
import { voxelsOfBytes, type VolumeGeometry } from '../../twins/volume.ts';
import { problem } from '../problem.ts';
import { callerOf } from '../request-scope.ts';
import { NOT_ACQUIRED } from './burn-in.ts';
import { type PictureRequest, readPictureRequest } from './picture-request.ts';
import { renderPng } from './render-png.ts';

/** The start of a NIfTI file whose voxels follow as they are stored, with a description of at most 79 ASCII characters. */
export type NiftiHeader = (geometry: VolumeGeometry, description: string) => Uint8Array;

interface PictureParts {
  readonly unitOfWork: UnitOfWork;
  readonly blobs: BlobStore;
  readonly niftiHeader: NiftiHeader;
}

/**
 * Pictures by the hash of their voxels: `<sha256>.png`, `.nii` and `.nii.gz`. What a hash names never changes, so that
 * an answer may be kept for good, by the browser of the one who was allowed to see it.
 */
export function pictures({ unitOfWork, blobs, niftiHeader }: PictureParts): RequestHandler {
  return async (request, response) => {
    const caller = callerOf(response);
    if (caller === undefined) {
      throw new FaultError('a picture was asked for without authentication');
    }
    const read = readPictureRequest(String(request.params['file']), request.query);
    if (read === null) return problem(response, 404);
    if ('fault' in read) return problem(response, 400, `The picture cannot be made: ${read.fault}.`);
    if (!caller.permissions.has('READ_IMAGE')) return problem(response, 403, 'You may not see pictures.');
    const found = await unitOfWork.run(caller.actor, (stores) => stores.images.bySha256([read.request.sha256]));
    const image = asKind(found, read.request);
    if (image === null) return problem(response, 404);
    return answer(request, response, image, read.request, { blobs, niftiHeader });
  };
}

/**
 * The same bytes can be an acquired image and a prediction of "no change". They are shown as what they were asked for
 * as; as acquired only if they were acquired, and as a prediction where nobody said.
 */
function asKind(found: readonly CataloguedImage[], { kind }: PictureRequest): CataloguedImage | null {
  const [first] = found;
  if (first === undefined) return null;
  if (kind !== undefined && isMadeByModel({ kind })) return { ...first, kind };
  const acquired = found.find((image) => !isMadeByModel(image));
  return (kind === undefined ? found.find(isMadeByModel) : acquired) ?? acquired ?? first;
}

async function answer(
  request: Request,
  response: Response,
  image: CataloguedImage,
  wanted: PictureRequest,
  { blobs, niftiHeader }: Omit<PictureParts, 'unitOfWork'>,
): Promise<void> {
  const { sha256, format, plane, slice, window, level, colour } = wanted;
  response.set({
    etag: `"${[sha256, format, image.kind, plane, slice, window, level, colour].join('.')}"`,
    'cache-control': 'private, max-age=31536000, immutable',
    vary: 'authorization',
  });
  if (request.fresh) {
    response.status(304).end();
    return;
  }
  const bytes = await blobs.get(sha256);
  if (format !== 'png') {
    const header = niftiHeader(image.geometry, isMadeByModel(image) ? NOT_ACQUIRED : 'acquired');
    await sendNifti(response, [header, bytes], format);
    return;
  }
  try {
    const png = renderPng(image, voxelsOfBytes(bytes, image.geometry.shape), wanted);
    response.type('image/png').send(Buffer.from(png.buffer, png.byteOffset, png.byteLength));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    response.removeHeader('etag');
    problem(response, 400, error.message);
  }
}

async function sendNifti(response: Response, file: readonly Uint8Array[], format: 'nii' | 'nii.gz'): Promise<void> {
  const parts = Readable.from(file);
  response.type(format === 'nii' ? 'application/octet-stream' : 'application/gzip');
  if (response.req.method === 'HEAD') {
    response.end();
    return;
  }
  if (format === 'nii') await pipeline(parts, response);
  else await pipeline(parts, createGzip({ level: 1 }), response);
}
