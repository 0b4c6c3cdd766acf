import { asElement, textOf } from './element.ts';
import { found, refused } from './refusal.ts';
import type { Attempt } from './refusal.ts';

const DICOMWEB = new Set(['dicom-wado-rs', 'dicom-qido-rs']);

/**
 * The DICOMweb root that an active R4 Endpoint names. Only an absolute http(s) address without credentials is taken;
 * whether it may be used is for the image archive's allow-list to say.
 */
export function readEndpointAddress(resource: unknown): Attempt<string> {
  const endpoint = asElement(resource);
  if (endpoint === null || endpoint['resourceType'] !== 'Endpoint') return refused('not-this-type');
  if (endpoint['status'] !== 'active') return refused('no-address');
  const type = textOf(asElement(endpoint['connectionType'])?.['code']);
  const address = textOf(endpoint['address']);
  if (type === null || !DICOMWEB.has(type) || address === null || !URL.canParse(address)) return refused('no-address');
  const url = new URL(address);
  const isUsable = /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return isUsable ? found(address) : refused('no-address');
}
