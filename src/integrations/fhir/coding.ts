import type { Coding } from '../../twins/timeline.ts';
import { asElement, elementsOf, textOf } from './element.ts';

/**
 * The codes of a CodeableConcept that name their terminology. A code without a system and a concept of text alone mean
 * nothing to a machine and are left out.
 */
export function codingsOf(concept: unknown): Coding[] {
  return elementsOf(asElement(concept)?.['coding']).flatMap((coding) => {
    const system = textOf(coding['system']);
    const code = textOf(coding['code']);
    const display = textOf(coding['display']);
    if (system === null || code === null) return [];
    return [display === null ? { system, code } : { system, code, display }];
  });
}

/** The bare codes of a CodeableConcept, whatever their system; for concepts whose binding is required. */
export function codesOf(concept: unknown): string[] {
  return elementsOf(asElement(concept)?.['coding']).flatMap((coding) => textOf(coding['code']) ?? []);
}
