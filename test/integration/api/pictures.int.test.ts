import { gunzipSync } from 'node:zlib';
import { decode } from 'fast-png';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSPITAL_A, HOSPITAL_B, recordTwin, type RecordedTwin } from '../../support/api-record.ts';
import { startApi, type ApiServer } from '../../support/api-server.ts';
import { readFieldNifti } from '../../../src/ml/registration/transform-files/field-nifti.ts';
import { cloneTemplate } from '../../support/database.ts';

const opened = new AsyncDisposableStack();
let api: ApiServer;
let own: RecordedTwin;
let foreign: RecordedTwin;

beforeAll(async () => {
  const clone = opened.adopt(await cloneTemplate(), (database) => database.drop());
  api = opened.adopt(await startApi({ databaseUrl: clone.url }), (server) => server.close());
  own = await recordTwin(api.dependencies, HOSPITAL_A);
  foreign = await recordTwin(api.dependencies, HOSPITAL_B, 50);
});
afterAll(() => opened.disposeAsync());

const get = (path: string) => request(api.url).get(path).responseType('blob');
const png = (body: unknown) => decode(body as Buffer);

describe('a picture', () => {
  it('can be fetched from the path that GraphQL gives', async () => {
    const { forecast } = await api.ask<{ forecast: { image: { image: { pngPath: string; niftiPath: string } } } }>(
      'query ($id: ID!) { forecast(id: $id) { image { image { pngPath niftiPath } } } }',
      { id: own.forecast.id },
    );
    const { image } = forecast.image;
    const response = await get(image.pngPath).expect(200).expect('content-type', 'image/png');
    expect(png(response.body)).toMatchObject({ width: 160, height: 120, depth: 8, channels: 1 });
    await get(image.niftiPath).expect(200).expect('content-type', 'application/gzip');
  });

  it('is marked where it was predicted, whatever it was asked for as', async () => {
    for (const query of ['', '?kind=predicted', '?kind=acquired', '?kind=registered']) {
      const { body } = await get(`/images/${own.predicted.sha256}.png${query}`).expect(200);
      expect(png(body as Buffer).text['Comment']).toBe('FORECAST - NOT ACQUIRED');
    }
    const { body } = await get(`/images/${own.acquired.sha256}.png`).expect(200);
    expect(png(body as Buffer).text['Comment']).toBeUndefined();
  });

  it('is marked where "no change" is predicted and the bytes are those of an acquired image', async () => {
    const { body } = await get(`/images/${own.acquired.sha256}.png?kind=predicted`).expect(200);
    expect(png(body as Buffer).text['Comment']).toBe('FORECAST - NOT ACQUIRED');
  });

  it('shows a difference in two colours', async () => {
    const { body } = await get(`/images/${own.change.sha256}.png`).expect(200);
    expect(png(body as Buffer).channels).toBe(3);
  });

  it('may be kept by the one who was allowed to see it, and is asked for again by its tag', async () => {
    const path = `/images/${own.acquired.sha256}.png?slice=1`;
    const { headers } = await get(path).expect(200).expect('cache-control', 'private, max-age=31536000, immutable');
    expect(headers['vary']).toMatch(/authorization/i);
    await get(path).set('if-none-match', headers['etag']!).expect(304);
    await get(`/images/${own.acquired.sha256}.png?slice=0`).set('if-none-match', headers['etag']!).expect(200);
  });

  it('answers HEAD without the picture', async () => {
    for (const form of ['png', 'nii', 'nii.gz']) {
      const { headers, text } = await request(api.url).head(`/images/${own.acquired.sha256}.${form}`).expect(200);
      expect(headers['etag']).toBeDefined();
      expect(text ?? '').toBe('');
    }
  });

  it('comes as NIfTI with the voxels as they are, compressed or not', async () => {
    const plain = (await get(`/images/${own.predicted.sha256}.nii`).expect(200)).body as Buffer;
    const packed = (await get(`/images/${own.predicted.sha256}.nii.gz`).expect(200)).body as Buffer;
    expect(gunzipSync(packed).equals(plain)).toBe(true);
    const voxels = await api.dependencies.blobs.get(own.predicted.sha256);
    expect(plain.subarray(352).equals(voxels)).toBe(true);
    expect(plain.subarray(148, 171).toString()).toBe('FORECAST - NOT ACQUIRED');
  });

  it.each([
    ['a slice that is not there', 'slice=2'],
    ['a window of nothing', 'window=0'],
    ['an unknown plane', 'plane=oblique'],
    ['a level that is empty', 'level='],
    ['a window that is no decimal number', 'window=0x10'],
    ['a parameter that does not exist', 'width=10'],
  ])('is refused as a problem document for %s', async (_what, query) => {
    const { body } = await request(api.url).get(`/images/${own.acquired.sha256}.png?${query}`).expect(400);
    expect(body).toMatchObject({ type: 'about:blank', status: 400 });
  });

  it('of another hospital is not there, nor is one that nobody has', async () => {
    for (const sha256 of [foreign.acquired.sha256, foreign.predicted.sha256, 'f'.repeat(64)]) {
      for (const form of ['png', 'nii', 'nii.gz']) {
        expect((await get(`/images/${sha256}.${form}`)).status).toBe(404);
      }
    }
  });

  it.each(['..%2F..%2Fetc%2Fpasswd', 'x.png', `${'a'.repeat(64)}.dcm`])('is not behind the name %s', async (name) => {
    expect((await get(`/images/${name}`)).status).toBe(404);
  });
});

describe('a displacement field', () => {
  const fieldOf = async ({ twin }: RecordedTwin) =>
    (
      await api.ask<{ diseaseTwin: { visits: { registration: { field: { niftiPath: string; shape: number[] } } }[] } }>(
        'query ($id: ID!) { diseaseTwin(id: $id) { visits { registration { field { sha256 niftiPath shape spacingMm } } } } }',
        { id: twin.id },
      )
    ).diseaseTwin.visits[1]!.registration.field;

  it('comes from the path that GraphQL gives, as vectors that ITK reads', async () => {
    const { niftiPath, shape } = await fieldOf(own);
    const { body, headers } = await get(niftiPath).expect(200).expect('content-type', 'application/gzip');
    const { geometry, vectorsMm } = readFieldNifti(body as Buffer);
    expect(geometry.shape).toEqual(shape);
    expect(geometry.originMm).toEqual([-10, 20, 30]);
    expect(vectorsMm[1]).toBeCloseTo(1.01, 5);
    expect(vectorsMm.length).toBe(3 * 2 * 24 * 32);
    await get(niftiPath).set('if-none-match', headers['etag']!).expect(304);
    await request(api.url).head(niftiPath).expect(200);
  });

  it('of another hospital is not there, nor is one under the hash of a picture or behind another name', async () => {
    const [, path] = await Promise.all([fieldOf(own), foreignFieldPath()]);
    for (const other of [path, `/fields/${own.acquired.sha256}.nii.gz`, '/fields/x.nii.gz', '/fields/..%2Fx']) {
      expect((await get(other)).status).toBe(404);
    }
  });

  const foreignFieldPath = async (): Promise<string> =>
    api.dependencies.unitOfWork.run(HOSPITAL_B, async (stores) => {
      const [registration] = (await stores.registrations.byTwinIds([foreign.twin.id])).get(foreign.twin.id)!;
      return `/fields/${registration!.field!.sha256}.nii.gz`;
    });
});
