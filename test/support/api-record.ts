import { displayRangeOf, bytesOfVoxels, voxelCount } from '../../src/twins/volume.ts';
import type { DiseaseTwin } from '../../src/twins/disease-twin.ts';
import { withStatus } from '../../src/twins/disease-twin.ts';
import type { Forecast } from '../../src/twins/forecast.ts';
import type { Actor, CataloguedImage, TwinDependencies } from '../../src/twins/ports.ts';
import type { Patient } from '../../src/twins/patient.ts';
import type { TimelineEntry, TimelineEntryDraft } from '../../src/twins/timeline.ts';
import { image, observation, treatment } from './timeline-entry-builders.ts';

export const HOSPITAL_A: Actor = { tenantId: 'hospital-a', userId: 'test' };
export const HOSPITAL_B: Actor = { tenantId: 'hospital-b', userId: 'test' };

/** Written into every name, so that a leak can be searched for. */
export const FAMILY_NAME = 'Zzyzx';

export interface RecordedTwin {
  readonly patient: Patient;
  readonly twin: DiseaseTwin;
  readonly entries: readonly TimelineEntry[];
  readonly forecast: Forecast;
  readonly acquired: CataloguedImage;
  readonly predicted: CataloguedImage;
  readonly change: CataloguedImage;
}

const GEOMETRY = {
  shape: [2, 24, 32],
  spacingMm: [3, 1, 1],
  originMm: [-10, 20, 30],
  direction: [1, 0, 0, 0, 1, 0, 0, 0, 1],
} as const;

const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));

/** A patient with two visits, a treatment, a gap, a ready twin and an issued forecast, all through the real stores. */
export async function recordTwin(dependencies: TwinDependencies, actor: Actor, number = 1): Promise<RecordedTwin> {
  const { unitOfWork } = dependencies;
  const [first, second, predicted, change] = await Promise.all([
    storeImage(dependencies, actor, 'acquired', number),
    storeImage(dependencies, actor, 'acquired', number + 0.25),
    storeImage(dependencies, actor, 'predicted', number + 0.5),
    storeImage(dependencies, actor, 'change', number + 0.75),
  ]);
  const vectors = Float32Array.from({ length: 3 * voxelCount(GEOMETRY.shape) }, (_, k) => number + 0.01 * k);
  const field = { sha256: await dependencies.blobs.put(bytesOfVoxels(vectors)), geometry: GEOMETRY };
  return unitOfWork.run(actor, async (stores) => {
    const patient = await stores.patients.upsert({
      fhirId: `patient-${number}`,
      identifiers: [{ system: 'urn:hospital', value: `mrn-${number}` }],
      familyName: `${FAMILY_NAME}${String(number).padStart(4, '0')}`,
      givenNames: ['Ada'],
      birthDate: '1957-03',
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
    const entries = await stores.timeline.append(patient.id, [
      draft(image('1.2.3', day(1), { voxelsSha256: first.sha256, geometry: GEOMETRY, caveats: ['Motion.'] })),
      draft(image('1.2.4', day(15), { voxelsSha256: second.sha256, geometry: GEOMETRY })),
      draft(observation('marker', 4, day(1))),
      draft(observation('marker', 6, day(14), { comparator: '<' })),
      draft(treatment('drug', 70, day(1), day(8), 'administration')),
      {
        ...draft(observation('marker', 1, day(16))),
        sourceId: 'Observation/unreadable',
        body: {
          kind: 'gap',
          missing: 'observation',
          reason: 'unit',
          message: 'A laboratory value has no unit.',
          isTransient: false,
        },
      },
    ]);
    const [reference, follower] = entries;
    const registering = await stores.twins.save({
      ...withStatus(inserted!, 'REGISTERING'),
      referenceEntryId: reference!.id,
    });
    const twin = await stores.twins.save(withStatus(registering, 'READY'));
    await stores.registrations.save({
      twinId: twin.id,
      entryId: follower!.id,
      referenceEntryId: reference!.id,
      verdict: 'flagged',
      reason: 'The images are less alike than usual.',
      method: 'rigid+ffd',
      stages: ['rigid', 'ffd'],
      field,
      transform: { kind: 'rigid', matrix: [1, 0, 0, 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
      before: { maskedSsim: 0.5, nmi: 1.1, ncc: 0.6 },
      after: { maskedSsim: 0.72, nmi: 1.2, ncc: 0.9 },
      quality: {
        coverage: 0.97,
        nmiGain: 0.1,
        inverseConsistencyMm: 0.2,
        foldedPercent: 0,
        minimumJacobian: 1,
      },
      rejectedDeformation: null,
      movedSha256: second.sha256,
      geometry: GEOMETRY,
      inputHash: 'c'.repeat(64),
      elapsedMs: 12,
    });
    const asked = await stores.forecasts.insert({
      twinId: twin.id,
      referenceForecastId: null,
      interventions: [],
      asOf: { at: dependencies.clock.now(), clock: 'recorded' },
      targetAt: day(29),
      modelId: 'carry-forward',
      seed: 1,
    });
    const skill = { skill: 0.2, patients: 20, intervals: 60, shrinkage: 0.5 };
    const forecast: Forecast = {
      ...asked,
      status: 'ISSUED',
      originAt: day(15),
      horizonDays: 14,
      modelVersion: 'carry-forward/1',
      inputHash: 'd'.repeat(64),
      inputEntryIds: entries.slice(0, 4).map(({ id }) => id),
      image: {
        sha256: predicted.sha256,
        geometry: GEOMETRY,
        baselineSha256: second.sha256,
        changeSha256: change.sha256,
        uncertaintySha256: null,
        lesions: [{ seenMl: 5, forecastMl: 4, intervals: [{ coverage: 0.9, low: 3, high: 6 }], drawnMl: 4.05 }],
        skill,
        isDeclined: false,
        reason: null,
      },
      values: [
        {
          variable: 'marker',
          unit: 'ng/mL',
          value: 5,
          baseline: 4,
          intervals: [{ coverage: 0.9, low: 4.5, high: 5.6 }],
          skill,
          isDeclined: false,
          reason: null,
        },
      ],
      overlap: { quantile: 0.97, isOutside: false, reason: null },
      doseResponses: [
        {
          treatment: 'drug',
          variable: 'marker',
          points: [0, 1].map((amountPerDay) => ({
            amountPerDay,
            value: 5 - amountPerDay,
            low: 4 - amountPerDay,
            high: 6 - amountPerDay,
            populationValue: 5.5,
            populationLow: 4.5,
            populationHigh: 6.5,
          })),
        },
      ],
      assumptions: ['No drug is planned up to the target; none is assumed.'],
      elapsedMs: 34,
      completedAt: dependencies.clock.now(),
    };
    await stores.forecasts.save(forecast);
    await stores.backTests.save({
      twinId: twin.id,
      forecastId: forecast.id,
      scoredAt: day(30),
      values: [
        {
          variable: 'marker',
          unit: 'ng/mL',
          predicted: 5,
          baseline: 4,
          observed: 5.2,
          observedAt: day(29),
          isInside90: true,
        },
      ],
      image: { entryId: follower!.id, observedAt: day(15), mse: 2, baselineMse: 3 },
    });
    await stores.posteriors.save({
      twinId: twin.id,
      modelId: twin.modelId,
      modelVersion: 'personal/1',
      asOfAt: day(15),
      sha256: 'e'.repeat(64),
      summary: {
        intervals: 3,
        effects: [
          {
            variable: 'marker',
            feature: 'drug',
            isLearned: false,
            mean: -0.2,
            standardDeviation: 0.05,
            populationMean: -0.1,
            populationStandardDeviation: 0.1,
          },
        ],
      },
    });
    await stores.events.append([
      { twinId: twin.id, type: 'TWIN_CREATED', message: 'Twin created.' },
      { twinId: twin.id, type: 'FORECAST_ISSUED', message: 'A forecast is there.', forecastId: forecast.id },
    ]);
    return { patient, twin, entries, forecast, acquired: first, predicted, change };
  });
}

async function storeImage(
  { blobs, unitOfWork }: TwinDependencies,
  actor: Actor,
  kind: CataloguedImage['kind'],
  seed: number,
): Promise<CataloguedImage> {
  const voxels = Float32Array.from({ length: voxelCount(GEOMETRY.shape) }, (_, index) => seed + (index % 101));
  const sha256 = await blobs.put(bytesOfVoxels(voxels));
  const stored = { sha256, kind, geometry: GEOMETRY, displayRange: displayRangeOf(voxels) };
  await unitOfWork.run(actor, (stores) => stores.images.add(stored));
  return stored;
}

function draft(entry: TimelineEntry): TimelineEntryDraft {
  const { sourceSystem, sourceId, sourceVersion, occurredAt, occurredUntil, issuedAt, body } = entry;
  return { sourceSystem, sourceId, sourceVersion, occurredAt, occurredUntil, issuedAt, body };
}
