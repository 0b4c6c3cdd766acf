import { DomainError, IntegrationError } from '../../errors.ts';
import type { ImagingQuery, SeriesDescriptor } from '../../twins/ports.ts';
import type { DicomwebClient } from './client.ts';
import { isDerivedImageType, OWN_CODING_SCHEME } from './derived-image.ts';
import { countOf, itemsOf, textOf, textsOf } from './dicom-json.ts';
import type { DicomJson } from './dicom-json.ts';
import { parseDateAndTime } from './dicom-time.ts';
import { mapConcurrently } from './map-concurrently.ts';

/** A PatientID (0010,0020) with its issuer (0010,0021); null where the archive leaves the issuer empty. */
export interface DicomPatientId {
  readonly patientId: string;
  readonly issuer: string | null;
}

export interface FoundStudy {
  readonly client: DicomwebClient;
  readonly studyInstanceUid: string;
  readonly json: DicomJson;
}

/** Objects of a study that are not images of the patient. */
const NOT_IMAGES = new Set(
  'AU DOC ECG EPS FID HD IO KER KO LEN LS M3D OAM PLAN PR REG RESP RTPLAN RTRECORD RTSTRUCT SEG SMR SR SRF STAIN TEXTUREMAP VA'.split(
    ' ',
  ),
);
const STUDY_FIELDS = ['00100020', '00100021', '00080020', '00080030', '00080050', '00080201', '00201206'];
const SERIES_FIELDS = ['0008103E', '00201209', '00080060'];
const INSTANCE_FIELDS = ['00080008', '0008001C', '00089215'];
const CONCURRENCY = 4;

const include = (fields: readonly string[]) => fields.map((field) => ['includefield', field] as const);

/**
 * The PatientIDs of a person, from the identifiers whose system the configuration maps. Any other identifier is not
 * used: two hospitals number their patients alike.
 * @throws {DomainError} INVALID_INPUT for a value that a search would take for a pattern (PS3.4 C.2.2.2.4).
 */
export function patientIdsOf(
  query: ImagingQuery,
  issuers: Readonly<Record<string, string | null>>,
): readonly DicomPatientId[] {
  return query.identifiers.flatMap(({ system, value }) => {
    const issuer = Object.hasOwn(issuers, system) ? issuers[system] : undefined;
    if (issuer === undefined) return [];
    const patientId = value.trim();
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (!/^[^*?\\\u0000-\u001f]{1,64}$/.test(patientId)) {
      throw new DomainError(
        'INVALID_INPUT',
        'A patient number holds characters that cannot be searched for in the image archive.',
      );
    }
    return [{ patientId, issuer }];
  });
}

/**
 * Every study of the patient: by patient number, by the study UIDs and by the accession numbers that the EHR names.
 *
 * @param clientFor the archive that holds a referenced study.
 * @throws {DomainError} CONFLICT where the archive answers with a study of another patient.
 */
export async function findStudies(
  query: ImagingQuery,
  patientIds: readonly DicomPatientId[],
  defaultClient: DicomwebClient,
  clientFor: (endpointAddress: string | null) => DicomwebClient,
  signal: AbortSignal,
): Promise<readonly FoundStudy[]> {
  const found = new Map<string, FoundStudy>();
  const search = async (client: DicomwebClient, filter: readonly (readonly [string, string])[]): Promise<void> => {
    for (const json of await client.searchStudies([...filter, ...include(STUDY_FIELDS)], signal)) {
      const studyInstanceUid = textOf(json, '0020000D')!;
      const wanted = filter.find(([name]) => name === 'StudyInstanceUID')?.[1];
      if (wanted !== undefined && wanted !== studyInstanceUid) {
        throw new IntegrationError('protocol', 'the imaging archive answered with another study than asked for');
      }
      const isSame = isSamePatient(json, patientIds, wanted !== undefined);
      if (isSame && !found.has(studyInstanceUid)) found.set(studyInstanceUid, { client, studyInstanceUid, json });
    }
  };
  const matching = ({ patientId, issuer }: DicomPatientId) => [
    ['PatientID', patientId] as const,
    ...(issuer === null ? [] : [['IssuerOfPatientID', issuer] as const]),
  ];
  for (const reference of query.references) {
    const client = clientFor(reference.endpointAddress);
    if (reference.studyInstanceUid !== '') {
      await search(client, [['StudyInstanceUID', reference.studyInstanceUid]]);
    }
    if (reference.accessionNumber === null || /[*?\\]/.test(reference.accessionNumber)) continue;
    // An accession number is not unique: it finds studies of this patient only.
    for (const patientId of patientIds) {
      await search(client, [['AccessionNumber', reference.accessionNumber], ...matching(patientId)]);
    }
  }
  for (const patientId of patientIds) await search(defaultClient, matching(patientId));
  return [...found.values()];
}

/**
 * Whether a study is this patient's.
 * @throws {DomainError} CONFLICT where it is another patient's, or where that cannot be told.
 */
function isSamePatient(json: DicomJson, patientIds: readonly DicomPatientId[], isReferenced: boolean): boolean {
  // Nothing to compare with: the study was asked for by the UID that the EHR names.
  if (patientIds.length === 0) return true;
  const issuer = textOf(json, '00100021');
  const alike = patientIds.filter(({ patientId }) => patientId === textOf(json, '00100020'));
  if (alike.some((known) => known.issuer === issuer)) return true;
  // Another issuer's patient of the same number is somebody else; it is expected in an archive of several hospitals.
  const isForeign = alike.length > 0 && issuer !== null && alike.every((known) => known.issuer !== null);
  if (isForeign && !isReferenced) return false;
  throw new DomainError(
    'CONFLICT',
    alike.length === 0 || isForeign
      ? 'The image archive answered with images of another patient; none were used.'
      : 'The image archive and the configuration disagree on who issued the patient number; no images were used.',
  );
}

/** The image series of a study. */
export async function findSeries(
  { client, studyInstanceUid, json: study }: FoundStudy,
  defaultTimeZoneOffset: string,
  signal: AbortSignal,
): Promise<readonly SeriesDescriptor[]> {
  const all = await client.searchSeries(studyInstanceUid, include(SERIES_FIELDS), signal);
  const stated = countOf(study, '00201206');
  if (stated !== null && all.length < stated) {
    throw new IntegrationError('truncated', `the imaging archive listed ${all.length} of ${stated} series of a study`);
  }
  const studyAt = parseDateAndTime(
    textOf(study, '00080020'),
    textOf(study, '00080030'),
    textOf(study, '00080201'),
    defaultTimeZoneOffset,
  );
  const images = all.filter((series) => !NOT_IMAGES.has(textOf(series, '00080060') ?? ''));
  return mapConcurrently(images, CONCURRENCY, signal, async (series, signal) => {
    const seriesInstanceUid = textOf(series, '0020000E')!;
    const [instance] = await client.searchInstances(
      studyInstanceUid,
      seriesInstanceUid,
      include(INSTANCE_FIELDS),
      signal,
      1,
    );
    return {
      studyInstanceUid,
      seriesInstanceUid,
      modality: textOf(series, '00080060') ?? 'OT',
      seriesDescription: textOf(series, '0008103E'),
      numberOfInstances: countOf(series, '00201209'),
      studyAt: studyAt?.at ?? null,
      isDerived: instance !== undefined && isDerived(instance),
    };
  });
}

const isDerived = (instance: DicomJson): boolean =>
  isDerivedImageType(textsOf(instance, '00080008')) ||
  textOf(instance, '0008001C') === 'YES' ||
  itemsOf(instance, '00089215').some((item) => textOf(item, '00080102') === OWN_CODING_SCHEME);
