import { log } from 'dcmjs';
import { type AdmittedPatient, admitPatient } from './admitted-patient.ts';
import { ISSUER_OF_PATIENT_ID, PATIENT_IDENTIFIER_SYSTEM } from './demo-codes.ts';
import { DicomArchive } from './dicom-archive.ts';
import { dicomwebHandler } from './dicomweb-server.ts';
import { endpointResource } from './endpoint-resource.ts';
import { fhirHandler } from './fhir-server.ts';
import { FhirStore } from './fhir-store.ts';
import { DEFAULT_LAST_VISIT_AT } from './hospital-calendar.ts';
import { startLoopbackServer } from './loopback-server.ts';
import { patientRecord, standingOrder } from './patient-record.ts';
import type { SyntheticPatient } from './synthetic-patient.ts';
import { visitRecord } from './visit-record.ts';

const SYSTEM_CLOCK = { now: () => new Date() };

/** What a running demo hospital tells its clients, and how to move it on. */
export interface DemoHospital {
  /** FHIR R4 root, without a trailing slash. */
  readonly fhirBaseUrl: string;
  /** DICOMweb root, without a trailing slash. */
  readonly dicomwebBaseUrl: string;
  /** Patient identifiers with this FHIR system are DICOM PatientIDs of {@link issuerOfPatientId}. */
  readonly patientIdentifierSystem: string;
  readonly issuerOfPatientId: string;
  /**
   * The patient's next weekly visit happens: its treatments, values and images appear in both servers, published at the
   * clock's time. Null when the cohort holds no further visit or the patient is unknown.
   * @param fhirId `Patient.id`, e.g. `demo-0001`.
   */
  publishNextVisit(fhirId: string): { readonly occurredAt: Date } | null;
  /** Closes the server and every connection. */
  stop(): Promise<void>;
}

/**
 * Starts a small hospital of synthetic patients on 127.0.0.1: a FHIR R4 server at `/fhir` and a DICOMweb server at
 * `/dicomweb`. The same seed, cohort and `lastVisitAt` give the same record and the same image bytes.
 * What clients write lives in memory and ends with it. No authentication: it holds nothing real and listens on loopback only.
 *
 * @param options.seed chooses names, dates and UIDs; the cohort has its own.
 * @param options.port 0 (default) takes a free one.
 * @param options.clock stamps what is written while it runs; default the system's.
 * @param options.lastVisitAt time of the newest visit; default {@link DEFAULT_LAST_VISIT_AT}.
 */
export async function startDemoHospital(options: {
  readonly seed: number;
  readonly cohort: readonly SyntheticPatient[];
  readonly clock?: { now(): Date };
  readonly port?: number;
  readonly lastVisitAt?: Date;
}): Promise<DemoHospital> {
  log.getLogger('validation.dcmjs').setLevel('silent');
  const { seed, cohort, clock = SYSTEM_CLOCK, port = 0, lastVisitAt = DEFAULT_LAST_VISIT_AT } = options;
  const store = new FhirStore();
  const archive = new DicomArchive();
  const admitted = new Map<string, { patient: AdmittedPatient; future: number[]; lastDay: number }>();

  let origin = '';
  const fhirBaseUrl = (): string => `${origin}/fhir`;
  const dicomwebBaseUrl = (): string => `${origin}/dicomweb`;
  const server = await startLoopbackServer(port, {
    fhir: fhirHandler(store, clock, fhirBaseUrl),
    dicomweb: dicomwebHandler(archive, dicomwebBaseUrl),
  });
  origin = server.origin;

  store.load([endpointResource(dicomwebBaseUrl(), lastVisitAt.getTime())]);
  for (const synthetic of cohort) {
    const patient = admitPatient(seed, synthetic, lastVisitAt);
    store.load(patientRecord(patient));
    let previous: number | null = null;
    for (const day of synthetic.visitDays) {
      store.load(visitRecord(patient, previous, day));
      archive.addVisit(patient, day);
      previous = day;
    }
    admitted.set(patient.identity.fhirId, { patient, future: [...synthetic.futureVisitDays], lastDay: previous ?? 0 });
  }

  return {
    fhirBaseUrl: fhirBaseUrl(),
    dicomwebBaseUrl: dicomwebBaseUrl(),
    patientIdentifierSystem: PATIENT_IDENTIFIER_SYSTEM,
    issuerOfPatientId: ISSUER_OF_PATIENT_ID,
    publishNextVisit: (fhirId) => {
      const known = admitted.get(fhirId);
      const day = known?.future.shift();
      if (known === undefined || day === undefined) {
        return null;
      }
      archive.addVisit(known.patient, day);
      for (const { resource } of [
        ...visitRecord(known.patient, known.lastDay, day),
        standingOrder(known.patient, day),
      ]) {
        store.write(resource, clock.now().getTime());
      }
      known.lastDay = day;
      return { occurredAt: new Date(known.patient.timeOfDay(day)) };
    },
    stop: () => server.stop(),
  };
}
