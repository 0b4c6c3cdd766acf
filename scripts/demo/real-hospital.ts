import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DEMO_TENANT } from '../../src/composition/demo-hospital.ts';
import type { HospitalConfig } from '../../src/config.ts';
import { DicomwebClient } from '../../src/integrations/dicomweb/client.ts';
import { startFhirServer } from '../../test/support/fhir-server.ts';
import { type MrSeries, mrSeriesFromNifti } from '../../test/support/mr-series-from-nifti.ts';
import { startOrthanc } from '../../test/support/orthanc.ts';
import { sharedData } from '../../test/support/shared-data.ts';

const IDENTIFIER_SYSTEM = 'urn:sequela:open-ms';
const ISSUER = 'OPEN-MS';
const DAY_MS = 86_400_000;

/**
 * Patients of the open_ms set (Lesjak et al. 2016, CC BY): sex, age and days between visits are the published ones; the
 * calendar dates are chosen. Each takes the health record of a Synthea person.
 */
const PATIENTS = [
  { number: '01', gender: 'female', sex: 'F', birthYear: 1994, synthea: 'Liz_Conn', days: 203, scores: [2, 2.5] },
  { number: '03', gender: 'male', sex: 'M', birthYear: 1995, synthea: 'Jacob_Larson', days: 671, scores: [1.5, 3] },
] as const;
const FIRST_VISIT = Date.UTC(2014, 2, 10, 10, 15);

export interface RealHospital {
  readonly description: string;
  readonly config: HospitalConfig;
  readonly fhirIds: readonly string[];
  stop(): Promise<void>;
}

/**
 * A hospital of real servers: Orthanc with the MR images of real patients, and a FHIR server with Synthea records to
 * which disability scores, lymphocytes, interferon and the imaging studies were added (synthetic, as such labelled).
 * @param directory for the archive's password.
 * @throws {Error} saying what to install or to put beside the repository.
 */
export async function startRealHospital(directory: string): Promise<RealHospital> {
  const openMs = sharedData('mr-longitudinal/open_ms/longitudinal/raw');
  const synthea = sharedData('fhir/synthea');
  if (openMs === null || synthea === null) {
    throw new Error('the real data are not beside this repository: ../shared/data with mr-longitudinal and fhir');
  }
  const orthanc = await startOrthanc();
  if (orthanc === null) {
    throw new Error('Orthanc is not installed (Debian packages orthanc and orthanc-dicomweb)');
  }
  const fhir = await startFhirServer({ pageSize: 100 });
  const stop = async (): Promise<void> => {
    await fhir.close();
    await orthanc.stop();
  };
  try {
    const fhirIds: string[] = [];
    for (const patient of PATIENTS) {
      const visits = [0, patient.days].map((day) => new Date(FIRST_VISIT + day * DAY_MS));
      const series = visits.map((at, index) =>
        mrSeriesFromNifti(path.join(openMs, `patient${patient.number}`, `study${index + 1}_FLAIR.nii.gz`), {
          patientId: `OPENMS-${patient.number}`,
          issuerOfPatientId: ISSUER,
          patientSex: patient.sex,
          patientBirthDate: `${patient.birthYear}0101`,
          studyDate: at.toISOString().slice(0, 10).replaceAll('-', ''),
          studyTime: '101500',
          studyDescription: 'Brain MRI',
          seriesDescription: '3D FLAIR',
        }),
      );
      await storeInOrthanc(orthanc, series);
      const { fhirId, resources } = healthRecord(synthea, patient, visits, series);
      await fhir.put(...resources);
      fhirIds.push(fhirId);
    }
    const passwordFile = path.join(directory, 'archive-password');
    mkdirSync(directory, { recursive: true });
    writeFileSync(passwordFile, orthanc.password, { mode: 0o600 });
    return {
      description: 'Orthanc (DICOMweb) with open_ms MR images; Medplum FHIR router with Synthea records',
      fhirIds,
      stop,
      config: {
        tenantId: DEMO_TENANT,
        fhir: { baseUrl: fhir.baseUrl, authentication: { kind: 'none' }, linkBases: [] },
        dicomweb: {
          baseUrl: orthanc.baseUrl,
          authentication: { kind: 'basic', username: orthanc.username, passwordFile },
          allowedOrigins: [],
          issuers: { [IDENTIFIER_SYSTEM]: ISSUER },
          defaultTimeZoneOffset: '+00:00',
        },
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function storeInOrthanc(
  orthanc: { baseUrl: string; username: string; password: string },
  series: readonly MrSeries[],
): Promise<void> {
  const client = new DicomwebClient({
    root: orthanc.baseUrl,
    authorization: { kind: 'basic', username: orthanc.username, password: orthanc.password },
    allowedOrigins: [],
    timeoutMs: 120_000,
    maximumResponseBytes: 2 ** 26,
    retry: { attempts: 1, firstDelayMs: 0, maximumDelayMs: 0, sleep: async () => undefined },
    fetch,
  });
  for (const { files } of series) {
    await client.storeInstances(files, AbortSignal.timeout(120_000));
  }
}

interface FhirResource extends Record<string, unknown> {
  readonly resourceType: string;
  readonly id: string;
}

/** The Synthea person's bundle with resolved references, as this patient, with what the twin needs added. */
function healthRecord(
  folder: string,
  patient: (typeof PATIENTS)[number],
  visits: readonly Date[],
  series: readonly MrSeries[],
): { fhirId: string; resources: FhirResource[] } {
  const file = readdirSync(folder).find((name) => name.startsWith(patient.synthea));
  if (file === undefined) {
    throw new Error(`the Synthea record ${patient.synthea} is missing`);
  }
  const text = gunzipSync(readFileSync(path.join(folder, file))).toString('utf8');
  const bundle = JSON.parse(text) as { entry: { fullUrl: string; resource: FhirResource }[] };
  const byUrl = new Map(
    bundle.entry.map(({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${resource.id}`]),
  );
  const resolved = JSON.parse(
    text.replaceAll(/"urn:uuid:[0-9a-f-]+"/g, (url) => {
      const reference = byUrl.get(url.slice(1, -1));
      return reference === undefined ? url : JSON.stringify(reference);
    }),
  ) as typeof bundle;
  const resources = resolved.entry.map(({ resource }) => resource);
  const person = resources.find(({ resourceType }) => resourceType === 'Patient');
  if (person === undefined) {
    throw new Error(`the Synthea record ${patient.synthea} has no patient`);
  }
  const identifier = { system: IDENTIFIER_SYSTEM, value: `OPENMS-${patient.number}` };
  const asPatient: FhirResource = {
    ...person,
    gender: patient.gender,
    birthDate: String(patient.birthYear),
    identifier: [...(person['identifier'] as unknown[]), identifier],
  };
  return {
    fhirId: person.id,
    resources: [
      ...resources.filter((one) => one !== person),
      asPatient,
      ...additions(person.id, patient, visits, series),
    ],
  };
}

function additions(
  patientId: string,
  patient: (typeof PATIENTS)[number],
  visits: readonly Date[],
  series: readonly MrSeries[],
): FhirResource[] {
  const subject = { reference: `Patient/${patientId}` };
  const id = (...parts: unknown[]) => ['openms', patient.number, ...parts].join('-');
  const observation = (name: string, coding: object, at: Date, valueQuantity: object): FhirResource => ({
    resourceType: 'Observation',
    id: id(name, at.toISOString().slice(0, 10)),
    status: 'final',
    code: { coding: [coding] },
    subject,
    effectiveDateTime: at.toISOString(),
    issued: at.toISOString(),
    valueQuantity,
  });
  const ucum = 'http://unitsofmeasure.org';
  const doses = Array.from({ length: Math.floor(patient.days / 7) }, (_, week): FhirResource => {
    const at = new Date(FIRST_VISIT + week * 7 * DAY_MS).toISOString();
    return {
      resourceType: 'MedicationAdministration',
      id: id('interferon', week),
      status: 'completed',
      medicationCodeableConcept: {
        coding: [
          { system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '75917', display: 'interferon beta-1a' },
        ],
      },
      subject,
      effectiveDateTime: at,
      dosage: { dose: { value: 30, unit: 'ug', system: ucum, code: 'ug' } },
    };
  });
  return [
    {
      resourceType: 'Condition',
      id: id('condition'),
      subject,
      clinicalStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }],
      },
      verificationStatus: {
        coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
      },
      code: { coding: [{ system: 'http://snomed.info/sct', code: '24700007', display: 'Multiple sclerosis' }] },
      onsetDateTime: '2013-11',
    },
    ...visits.flatMap((at, index) => [
      observation(
        'edss',
        { system: 'http://snomed.info/sct', code: '273554001', display: 'Kurtzke multiple sclerosis rating scale' },
        at,
        { value: patient.scores[index], unit: '{score}', system: ucum, code: '{score}' },
      ),
      observation('lymphocytes', { system: 'http://loinc.org', code: '731-0' }, at, {
        // Another unit than the definition's, as a laboratory would send it.
        value: 1800 - 250 * index,
        unit: '/uL',
        system: ucum,
        code: '/uL',
      }),
    ]),
    ...series.map(({ studyInstanceUid }, index): FhirResource => ({
      resourceType: 'ImagingStudy',
      id: id('study', index + 1),
      status: 'available',
      subject,
      started: visits[index]!.toISOString(),
      identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${studyInstanceUid}` }],
    })),
    ...doses,
  ];
}
