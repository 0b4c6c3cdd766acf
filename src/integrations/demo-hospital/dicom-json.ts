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
    // Names come in an array of a kind of its own, which flatMap alone would pass on.
    const present = [...values].flatMap((value) => jsonValue(vr, value) ?? []);
    json[tag] = present.length === 0 ? { vr } : { vr, Value: present };
  }
  return json;
}

/** Null for an empty value. */
function jsonValue(vr: string, value: unknown): unknown {
  if (value === '' || value === null || value === undefined) {
    return null;
  }
  if (vr === 'SQ') {
    return toDicomJson(value as DicomElements);
  }
  if (vr === 'PN') {
    // dcmjs keeps a name as a String object that makes itself a list in JSON; joining leaves the plain text.
    const name = ['', value as string].join('');
    return name === '' ? null : { Alphabetic: name };
  }
  return NUMBERS.has(vr) ? Number(value) : value;
}
