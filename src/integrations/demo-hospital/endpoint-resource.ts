import type { Endpoint } from '@medplum/fhirtypes';
import type { RecordedVersion } from './fhir-store.ts';

/** Every ImagingStudy of the demo hospital names this Endpoint. */
export const ENDPOINT_ID = 'demo-dicomweb';

/** Where the images are, as the record says it. */
export function endpointResource(dicomwebBaseUrl: string, recordedAtMs: number): RecordedVersion {
  const resource: Endpoint = {
    resourceType: 'Endpoint',
    id: ENDPOINT_ID,
    status: 'active',
    connectionType: {
      system: 'http://terminology.hl7.org/CodeSystem/endpoint-connection-type',
      code: 'dicom-wado-rs',
    },
    name: 'Image archive',
    payloadType: [{ text: 'DICOM' }],
    payloadMimeType: ['application/dicom'],
    address: dicomwebBaseUrl,
  };
  return { resource, recordedAtMs };
}
