import type { ImagingReference } from '../../twins/ports.ts';
import { codesOf } from './coding.ts';
import { asElement, elementsOf, textOf } from './element.ts';
import type { Element } from './element.ts';
import { parseInstant } from './fhir-time.ts';
import { readEndpointAddress } from './read-endpoint.ts';
import { containedResource } from './reference.ts';
import type { Reading } from './refusal.ts';
import { refusalOf, versionOf } from './resource-version.ts';

/** DICOM UI (PS3.5 9.1): digits and dots, no component with a leading zero, at most 64 characters. */
const DICOM_UID = /^(?=.{1,64}$)(?:0|[1-9]\d*)(?:\.(?:0|[1-9]\d*))+$/;

export type ImagingStudyReading = { readonly kind: 'reference'; readonly reference: ImagingReference } | Reading;

/**
 * Reads an R4 ImagingStudy: the Study Instance UID of its identifier (`urn:dicom:uid`, `urn:oid:`), the accession number
 * (identifier type ACSN), and the DICOMweb root of its own or a series' Endpoint. A study that was withdrawn names
 * nothing to fetch; what was fetched stays under the PACS's authority.
 */
export function readImagingStudy(
  resource: unknown,
  readAt: Date,
  lookUpEndpoint: (reference: unknown) => Element | null,
): ImagingStudyReading {
  const named = versionOf(resource, 'ImagingStudy');
  if (!named.ok) return { kind: 'refused', reason: named.reason, drafts: [] };
  const { element, version } = named.value;
  const status = textOf(element['status']);
  if (status === 'entered-in-error' || status === 'cancelled') {
    return refusalOf(version, [null], 'image', 'not-taken', readAt);
  }
  if (status === 'registered') return refusalOf(version, [null], 'image', 'not-yet-available', readAt);
  const identifiers = elementsOf(element['identifier']);
  const uids = new Set(identifiers.flatMap((identifier) => studyUidOf(identifier) ?? []));
  const [studyInstanceUid] = uids;
  if (studyInstanceUid === undefined || uids.size > 1) {
    return refusalOf(version, [null], 'image', 'no-study-uid', readAt);
  }
  const accession = identifiers.find((identifier) => codesOf(identifier['type']).includes('ACSN'));
  const endpoints = [element, ...elementsOf(element['series'])].flatMap((holder) => elementsOf(holder['endpoint']));
  const addresses = endpoints.map((reference) => {
    const endpoint = readEndpointAddress(containedResource(element, reference) ?? lookUpEndpoint(reference));
    return endpoint.ok ? endpoint.value : null;
  });
  return {
    kind: 'reference',
    reference: {
      studyInstanceUid,
      accessionNumber: textOf(accession?.['value']),
      endpointAddress: addresses.find((address) => address !== null) ?? null,
      changedAt: parseInstant(asElement(element['meta'])?.['lastUpdated']),
    },
  };
}

/** R4 has `urn:dicom:uid`; as a bare URI (`urn:ietf:rfc:3986`) the same OID was written before R4 and still is. */
function studyUidOf(identifier: Element): string | null {
  const value = textOf(identifier['value']);
  const isUid = identifier['system'] === 'urn:dicom:uid';
  if (value === null || (!isUid && !(identifier['system'] === 'urn:ietf:rfc:3986' && value.startsWith('urn:oid:')))) {
    return null;
  }
  const uid = value.replace(/^urn:oid:/, '');
  return DICOM_UID.test(uid) ? uid : null;
}
