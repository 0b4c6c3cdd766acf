import type { DicomElements } from 'dcmjs';

/** The DICOM JSON model (PS3.18 F): attributes by tag. */
export type DicomJson = Record<string, { vr: string; Value?: readonly unknown[] }>;

const NUMBERS = new Set(['DS', 'FL', 'FD', 'IS', 'SL', 'SS', 'UL', 'US', 'SV', 'UV']);
const BULK = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN']);

/** Elements without file meta information and without binary values. */
export function toDicomJson(elements: DicomElements): DicomJson {
  const json: DicomJson = {};
  for (const [tag, { vr, Value: values = [] }] of Object.entries(elements).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (BULK.has(vr) || tag.startsWith('0002')) {
      continue;
    }
    const present = values.flat().filter((value) => value !== '' && value !== null && value !== undefined);
    json[tag] = present.length === 0 ? { vr } : { vr, Value: present.map((value) => jsonValue(vr, value)) };
  }
  return json;
}

function jsonValue(vr: string, value: unknown): unknown {
  if (vr === 'SQ') {
    return toDicomJson(value as DicomElements);
  }
  if (vr === 'PN') {
    return typeof value === 'string' ? { Alphabetic: value } : value;
  }
  return NUMBERS.has(vr) ? Number(value) : value;
}
