import { IntegrationError } from '../../errors.ts';

/** One object of the DICOM JSON model (PS3.18 annex F), by tag. */
export type DicomJson = Readonly<Record<string, { readonly Value?: readonly unknown[] } | undefined>>;

/** @throws {IntegrationError} malformed where it is not an array of objects. No content (204) is an empty array. */
export function dicomJsonArray(value: unknown): readonly DicomJson[] {
  if (value === null || value === '') return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'object' && item !== null)) {
    throw new IntegrationError('malformed', 'a search response is not a list of objects');
  }
  return value as readonly DicomJson[];
}

/** The first value as text; null where absent or empty. */
export function textOf(json: DicomJson, tag: string): string | null {
  return textsOf(json, tag)[0] ?? null;
}

/** The non-empty texts and numbers of an attribute (PS3.18 F.2.2), trimmed; none where it is absent. */
export function textsOf(json: DicomJson, tag: string): readonly string[] {
  const values: unknown = json[tag]?.Value;
  if (!Array.isArray(values)) return [];
  return values.flatMap((value: unknown) => {
    const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
    return text === '' ? [] : [text];
  });
}

/** The items of a sequence. */
export function itemsOf(json: DicomJson, tag: string): readonly DicomJson[] {
  const values: unknown = json[tag]?.Value;
  return Array.isArray(values) ? values.filter((value) => typeof value === 'object' && value !== null) : [];
}

/** A non-negative whole number; null where absent or anything else. Some servers write numbers as text. */
export function countOf(json: DicomJson, tag: string): number | null {
  const text = textOf(json, tag);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
