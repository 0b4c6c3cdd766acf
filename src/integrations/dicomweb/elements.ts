import { data, log } from 'dcmjs';
import type { DicomElements } from 'dcmjs';
import { DomainError } from '../../errors.ts';

// The library prints patient data with its warnings.
log.getLogger('validation.dcmjs').setLevel('silent');

/** Typed reading of DICOM elements; tags are eight upper-case hexadecimal digits. Absent and empty are both null. */
export class Elements {
  readonly #elements: DicomElements;

  constructor(elements: DicomElements) {
    this.#elements = elements;
  }

  has(tag: string): boolean {
    return tag in this.#elements;
  }

  /** The first value as text without padding. */
  text(tag: string): string | null {
    return this.texts(tag)[0] ?? null;
  }

  texts(tag: string): readonly string[] {
    return this.#values(tag).flatMap((value) => {
      if (typeof value === 'number') return [String(value)];
      if (typeof value !== 'string') return [];
      // A value may carry null padding where the standard asks for a space.
      const trimmed = value.replaceAll('\0', '').trim();
      return trimmed === '' ? [] : [trimmed];
    });
  }

  number(tag: string): number | null {
    return this.numbers(tag)[0] ?? null;
  }

  /** Every value as a finite number; empty where any is not one, so that positions never shift. */
  numbers(tag: string): readonly number[] {
    const values = this.#values(tag).map((value) => {
      if (typeof value === 'number') return value;
      return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
    });
    return values.every(Number.isFinite) ? values : [];
  }

  /** The items of a sequence. */
  items(tag: string): readonly Elements[] {
    return this.#values(tag).flatMap((value) =>
      typeof value === 'object' && value !== null && !(value instanceof ArrayBuffer)
        ? [new Elements(value as DicomElements)]
        : [],
    );
  }

  #values(tag: string): readonly unknown[] {
    const value: unknown = this.#elements[tag]?.Value;
    return Array.isArray(value) ? value : [];
  }
}

/**
 * Parses the header that `splitPart10` cut off.
 *
 * The library is asked to go on after an error, because it counts several character sets in one file as one; any other
 * error that it reports means that elements would be missing, and is thrown.
 * @throws {DomainError} SOURCE_INCOMPLETE where the elements cannot be read.
 */
export function readElements(header: Uint8Array): Elements {
  const problems: unknown[] = [];
  const warn = log.warn;
  log.warn = (...values) => {
    if (values[0] === 'WARN:') problems.push(values[1]);
  };
  try {
    const copy = header.buffer.slice(header.byteOffset, header.byteOffset + header.byteLength) as ArrayBuffer;
    const { dict } = data.DicomMessage.readFile(copy, { ignoreErrors: true, noCopy: true });
    if (problems.length > 0) throw problems[0];
    return new Elements(dict);
  } catch (cause) {
    throw new DomainError('SOURCE_INCOMPLETE', 'An image is damaged: its header cannot be read.', { cause });
  } finally {
    log.warn = warn;
  }
}
