import { asElement, elementsOf, textOf } from './element.ts';
import type { Element } from './element.ts';
import { isFhirId } from './resource-version.ts';

/** A literal reference to a resource on the server that we read. */
export interface LocalReference {
  readonly type: string;
  readonly id: string;
}

/**
 * Reads a literal reference (R4 2.3.0): relative, or absolute under one of the server's bases; a version is cut off.
 * Null for what is on another server, `urn:uuid:`, contained (`#`) or only logical.
 */
export function parseReference(reference: unknown, bases: readonly string[]): LocalReference | null {
  let text = textOf(asElement(reference)?.['reference']);
  if (text === null) return null;
  if (/^https?:/i.test(text)) {
    const absolute = text;
    const base = bases.find((one) => absolute.startsWith(one));
    if (base === undefined) return null;
    text = text.slice(base.length);
  }
  const [type, id, history, version, ...rest] = text.split('/');
  if (type === undefined || !/^[A-Z][A-Za-z]{1,63}$/.test(type) || !isFhirId(id) || rest.length > 0) return null;
  if (history !== undefined && (history !== '_history' || version === undefined)) return null;
  return { type, id };
}

/** The contained resource that a reference (`#id`) points to; null where it points elsewhere or at nothing. */
export function containedResource(resource: Element, reference: unknown): Element | null {
  const text = textOf(asElement(reference)?.['reference']);
  if (text === null || !text.startsWith('#')) return null;
  return elementsOf(resource['contained']).find((contained) => contained['id'] === text.slice(1)) ?? null;
}

/** Whom a resource is about; null where it does not say so by a literal reference to a Patient of this server. */
export function patientOf(resource: Element, bases: readonly string[]): string | null {
  const reference = parseReference(resource['subject'] ?? resource['patient'], bases);
  return reference?.type === 'Patient' ? reference.id : null;
}
