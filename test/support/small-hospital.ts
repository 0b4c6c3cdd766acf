import { type DemoHospital, startDemoHospital } from '../../src/integrations/demo-hospital/demo-hospital.ts';
import { type DemoPatient, simulateDemoCohort } from '../../src/ml/cohorts/demo-cohort.ts';
import type { SyntheticPatient } from '../../src/integrations/demo-hospital/synthetic-patient.ts';
import type { HospitalConfig } from '../../src/config.ts';
import { type HospitalProxy, startHospitalProxy } from './hospital-proxy.ts';

/** A demo hospital whose patients have a few visits, behind a proxy that can misbehave. */
export interface SmallHospital {
  readonly hospital: DemoHospital;
  readonly proxy: HospitalProxy;
  /** How a server reaches it, through the proxy. */
  readonly config: HospitalConfig;
  /** Stamps what is written from now on; starts after the last visit. */
  now: Date;
  /** Reads a resource from the hospital itself. */
  read(type: string, id: string): Promise<FhirResource>;
  /** The ids of every resource of a type. */
  idsOf(type: string, query?: string): Promise<readonly string[]>;
  /** Writes a new version of a resource. */
  write(resource: FhirResource): Promise<void>;
  stop(): Promise<void>;
}

export type FhirResource = Record<string, unknown> & { readonly resourceType: string; readonly id: string };

/** Patients are `demo-0001`, `demo-0002`, ...; further visits can be published. */
export async function startSmallHospital({ patients = 1, visits = 2 } = {}): Promise<SmallHospital> {
  const cohort = simulateDemoCohort({ seed: 20_260_629, patients }).map((patient) => smaller(patient, visits));
  const hospital = await startDemoHospital({ seed: 20_260_629, cohort, clock: { now: () => small.now } });
  const proxy = await startHospitalProxy(new URL(hospital.fhirBaseUrl).origin);
  const small: SmallHospital = {
    hospital,
    proxy,
    now: new Date('2026-07-01T08:00:00Z'),
    config: {
      tenantId: 'demo',
      fhir: {
        baseUrl: `${proxy.origin}/fhir`,
        authentication: { kind: 'none' },
        linkBases: [hospital.fhirBaseUrl],
      },
      dicomweb: {
        baseUrl: `${proxy.origin}/dicomweb`,
        authentication: { kind: 'none' },
        allowedOrigins: [],
        issuers: { [hospital.patientIdentifierSystem]: hospital.issuerOfPatientId },
        defaultTimeZoneOffset: '+00:00',
      },
    },
    async read(type, id) {
      return (await (await fetch(`${hospital.fhirBaseUrl}/${type}/${id}`)).json()) as FhirResource;
    },
    async idsOf(type, query = '') {
      const answer = await fetch(`${hospital.fhirBaseUrl}/${type}?_count=500${query}`);
      const { entry = [] } = (await answer.json()) as { entry?: { resource: FhirResource }[] };
      return entry.map(({ resource }) => resource.id);
    },
    async write(resource) {
      const answer = await fetch(`${hospital.fhirBaseUrl}/${resource.resourceType}/${resource.id}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify(resource),
      });
      if (!answer.ok) throw new Error(`the hospital answered ${answer.status}`);
    },
    async stop() {
      await proxy.stop();
      await hospital.stop();
    },
  };
  return small;
}

/** The middle slices of each image: a third of the work. */
const SLICES = { first: 3, count: 3 };

/** The same course with thinner images, of which the hospital knows the first visits only. */
function smaller(patient: DemoPatient, visits: number): SyntheticPatient {
  const { shape, spacingMm, originMm } = patient.imageGeometry;
  const [, height, width] = shape;
  const [x, y, z] = originMm;
  return {
    ...patient,
    visitDays: patient.visitDays.slice(0, visits),
    futureVisitDays: [...patient.visitDays.slice(visits), ...patient.futureVisitDays],
    imageGeometry: {
      shape: [SLICES.count, height, width],
      spacingMm,
      originMm: [x, y, z + SLICES.first * spacingMm[0]],
    },
    renderVisit(day) {
      const { voxels } = patient.renderVisit(day);
      const slice = height * width;
      return { voxels: voxels.slice(SLICES.first * slice, (SLICES.first + SLICES.count) * slice) };
    },
  };
}
