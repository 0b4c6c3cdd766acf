import type { Forecast } from '../../src/twins/forecast.ts';
import { withStatus } from '../../src/twins/disease-twin.ts';
import type { Actor, CataloguedImage, TwinDependencies } from '../../src/twins/ports.ts';
import type { TimelineEntry, TimelineEntryDraft } from '../../src/twins/timeline.ts';
import { bytesOfVoxels, displayRangeOf, voxelCount } from '../../src/twins/volume.ts';
import { image, observation, onDay, treatment } from '../support/timeline-entry-builders.ts';

const GEOMETRY = {
  shape: [3, 160, 160],
  spacingMm: [3, 1, 1],
  originMm: [0, 0, 0],
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
} as const;
const DAYS_BETWEEN_VISITS = 7;

/** So many patients, named in an order that is not the one of their ids. */
export async function recordPatients({ unitOfWork }: TwinDependencies, actor: Actor, count: number): Promise<void> {
  await unitOfWork.run(actor, async (stores) => {
    for (let number = 1; number <= count; number++) {
      await stores.patients.upsert({
        fhirId: `many-${number}`,
        identifiers: [{ system: 'urn:hospital', value: `mrn-${number}` }],
        familyName: `Family${String((number * 37) % (count + 1)).padStart(4, '0')}`,
        givenNames: ['Given'],
        birthDate: '1957-03-21',
        gender: 'female',
        deceasedAt: null,
        isActive: true,
        replacedByFhirId: null,
      });
    }
  });
}

/** A twin with an image, a value and a dose in each of so many weeks, and a forecast for the week after. */
export async function recordLongTwin(dependencies: TwinDependencies, actor: Actor, visits: number): Promise<string> {
  const { unitOfWork } = dependencies;
  const pictures: CataloguedImage[] = [];
  for (let visit = 0; visit <= visits; visit++) {
    pictures.push(await storePicture(dependencies, actor, visit === visits ? 'predicted' : 'acquired', visit / visits));
  }
  return unitOfWork.run(actor, async (stores) => {
    const patient = await stores.patients.upsert({
      fhirId: 'long-1',
      identifiers: [],
      familyName: 'Long',
      givenNames: ['Ada'],
      birthDate: '1957-03-21',
      gender: 'female',
      deceasedAt: null,
      isActive: true,
      replacedByFhirId: null,
    });
    const inserted = await stores.twins.insert({
      patientId: patient.id,
      diseaseId: 'test-disease',
      diseaseVersion: '1.0.0',
      modelId: 'carry-forward',
    });
    const drafts = pictures.slice(0, visits).flatMap(({ sha256 }, visit) => {
      const day = visit * DAYS_BETWEEN_VISITS;
      return [
        image(`1.2.${visit + 1}`, onDay(day), { voxelsSha256: sha256, geometry: GEOMETRY }),
        observation('marker', 40 + 20 * Math.sin(visit / 6), onDay(day)),
        treatment('drug', 70, onDay(day + 1), onDay(day + 3), 'administration'),
      ];
    });
    const entries = await stores.timeline.append(patient.id, drafts.map(toDraft));
    const images = entries.filter(({ body }) => body.kind === 'image');
    const registering = await stores.twins.save({
      ...withStatus(inserted!, 'REGISTERING'),
      referenceEntryId: images[0]!.id,
    });
    const twin = await stores.twins.save(withStatus(registering, 'READY'));
    for (const [index, entry] of images.entries()) {
      if (index === 0) continue;
      await stores.registrations.save({
        twinId: twin.id,
        entryId: entry.id,
        referenceEntryId: images[0]!.id,
        verdict: 'accepted',
        reason: null,
        method: 'identity',
        stages: [],
        field: null,
        transform: { kind: 'identity', matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
        before: { maskedSsim: 0.9, nmi: 1.3, ncc: 0.9 },
        after: { maskedSsim: 0.9, nmi: 1.3, ncc: 0.9 },
        quality: null,
        rejectedDeformation: null,
        movedSha256: pictures[index]!.sha256,
        geometry: GEOMETRY,
        inputHash: String(index).padStart(64, '0'),
        elapsedMs: 1,
      });
    }
    await recordForecast(dependencies, stores, twin.id, pictures, onDay(visits * DAYS_BETWEEN_VISITS));
    return twin.id;
  });
}

async function recordForecast(
  { clock }: TwinDependencies,
  stores: Parameters<Parameters<TwinDependencies['unitOfWork']['run']>[1]>[0],
  twinId: string,
  pictures: readonly CataloguedImage[],
  targetAt: Date,
): Promise<void> {
  const asked = await stores.forecasts.insert({
    twinId,
    referenceForecastId: null,
    interventions: [],
    asOf: { at: clock.now(), clock: 'recorded' },
    targetAt,
    modelId: 'carry-forward',
    seed: 1,
  });
  const skill = { skill: 0.2, patients: 20, intervals: 60, shrinkage: 0.5 };
  const last = pictures.at(-2)!.sha256;
  const predicted = pictures.at(-1)!.sha256;
  const forecast: Forecast = {
    ...asked,
    status: 'ISSUED',
    originAt: new Date(targetAt.getTime() - DAYS_BETWEEN_VISITS * 86_400_000),
    horizonDays: DAYS_BETWEEN_VISITS,
    modelVersion: 'carry-forward/1',
    inputHash: 'd'.repeat(64),
    image: {
      sha256: predicted,
      geometry: GEOMETRY,
      baselineSha256: last,
      changeSha256: last,
      uncertaintySha256: last,
      lesions: [],
      skill,
      isDeclined: false,
      reason: null,
    },
    values: [
      {
        variable: 'marker',
        unit: 'ng/mL',
        value: 50,
        baseline: 45,
        intervals: [{ coverage: 0.9, low: 40, high: 60 }],
        skill,
        isDeclined: false,
        reason: null,
      },
    ],
    completedAt: clock.now(),
  };
  await stores.forecasts.save(forecast);
}

/** A disc that grows from visit to visit, on uneven tissue. */
async function storePicture(
  { blobs, unitOfWork }: TwinDependencies,
  actor: Actor,
  kind: CataloguedImage['kind'],
  share: number,
): Promise<CataloguedImage> {
  const [, rows, columns] = GEOMETRY.shape;
  const voxels = Float32Array.from({ length: voxelCount(GEOMETRY.shape) }, (_, index) => {
    const [y, x] = [Math.floor(index / columns) % rows, index % columns];
    const fromCentre = Math.hypot(y - rows / 2, x - columns / 2);
    return fromCentre < 10 + 40 * share ? 800 : fromCentre < 70 ? 300 + ((x * 7 + y * 13) % 40) : 0;
  });
  const sha256 = await blobs.put(bytesOfVoxels(voxels));
  const stored = { sha256, kind, geometry: GEOMETRY, displayRange: displayRangeOf(voxels) };
  await unitOfWork.run(actor, (stores) => stores.images.add(stored));
  return stored;
}

function toDraft(entry: TimelineEntry): TimelineEntryDraft {
  const { sourceSystem, sourceId, sourceVersion, occurredAt, occurredUntil, issuedAt, body } = entry;
  return { sourceSystem, sourceId, sourceVersion, occurredAt, occurredUntil, issuedAt, body };
}
