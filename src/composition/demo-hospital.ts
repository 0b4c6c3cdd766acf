import type { Config, HospitalConfig } from '../config.ts';
import { startDemoHospital } from '../integrations/demo-hospital/demo-hospital.ts';
import { simulateDemoCohort } from '../ml/cohorts/demo-cohort.ts';

/** The tenant of the demo hospital and of the development identity. */
export const DEMO_TENANT = 'demo';

/** Starts the demo hospital with its synthetic cohort and says how to reach it. */
export async function openDemoHospital({
  patients,
  seed,
}: Config['demo']): Promise<{ config: HospitalConfig; stop(): Promise<void> }> {
  const hospital = await startDemoHospital({ cohort: simulateDemoCohort({ seed, patients }), seed });
  return {
    config: {
      tenantId: DEMO_TENANT,
      fhir: { baseUrl: hospital.fhirBaseUrl, authentication: { kind: 'none' }, linkBases: [] },
      dicomweb: {
        baseUrl: hospital.dicomwebBaseUrl,
        authentication: { kind: 'none' },
        allowedOrigins: [],
        issuers: { [hospital.patientIdentifierSystem]: hospital.issuerOfPatientId },
        defaultTimeZoneOffset: '+00:00',
      },
    },
    stop: () => hospital.stop(),
  };
}
