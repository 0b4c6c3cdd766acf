import { DomainError } from '../../errors.ts';
import type { TransferSyntax } from './transfer-syntaxes.ts';

export const UNDEFINED_LENGTH = 0xffffffff;
const ITEM = 0xfffee000;
const ITEM_DELIMITATION = 0xfffee00d;
const SEQUENCE_DELIMITATION = 0xfffee0dd;
/** VRs whose explicit form has two reserved bytes and a 32-bit length (PS3.5 table 7.1-1). */
const LONG_VRS = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const MAXIMUM_DEPTH = 32;

export interface ElementHeader {
  readonly tag: number;
  /** Null in an implicit VR data set. */
  readonly vr: string | null;
  readonly length: number;
}

/**
 * Walks the data elements of a data set (PS3.5 section 7) without reading their values, and refuses any that reaches
 * beyond the end of the bytes.
 */
export class ElementReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #isLittle: boolean;
  readonly #isExplicit: boolean;
  offset: number;

  constructor(bytes: Uint8Array, encoding: TransferSyntax['encoding'], offset: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#isLittle = encoding !== 'explicit-big';
    this.#isExplicit = encoding !== 'implicit-little';
    this.offset = offset;
  }

  get remaining(): number {
    return this.#bytes.length - this.offset;
  }

  peekGroup(): number {
    return this.#view.getUint16(this.offset, this.#isLittle);
  }

  restIsZero(): boolean {
    return this.peekIsZero() && this.#bytes.subarray(this.offset).every((byte) => byte === 0);
  }

  private peekIsZero(): boolean {
    return this.#bytes[this.offset] === 0 && this.#bytes[this.#bytes.length - 1] === 0;
  }

  /** @throws {DomainError} SOURCE_INCOMPLETE where the bytes end inside the header or it is no element. */
  readElementHeader(): ElementHeader {
    return this.#readHeader(this.#isExplicit);
  }

  /** The value bytes of an element of defined length, as a view. */
  take(element: ElementHeader): Uint8Array {
    this.#need(element.length, element.tag);
    const value = this.#bytes.subarray(this.offset, this.offset + element.length);
    this.offset += element.length;
    return value;
  }

  /** Moves behind an element, through nested sequences of undefined length where needed. */
  skip(element: ElementHeader): void {
    this.#skip(element, this.#isExplicit, 0);
  }

  #skip(element: ElementHeader, isExplicit: boolean, depth: number): void {
    if (element.length !== UNDEFINED_LENGTH) {
      this.take(element);
      return;
    }
    if (depth > MAXIMUM_DEPTH) throw new DomainError('UNSUPPORTED', 'An image nests its sequences too deeply.');
    // UN of undefined length is encoded as implicit VR (PS3.5 section 6.2.2 note).
    const inner = isExplicit && element.vr !== 'UN';
    for (;;) {
      const item = this.#readHeader(false);
      if (item.tag === SEQUENCE_DELIMITATION) return;
      if (item.tag !== ITEM) throw this.#malformed(element.tag);
      if (item.length === UNDEFINED_LENGTH) this.#skipItem(inner, depth);
      else this.take(item);
    }
  }

  #skipItem(isExplicit: boolean, depth: number): void {
    for (;;) {
      const isDelimiter =
        this.remaining >= 8 &&
        this.#view.getUint16(this.offset, this.#isLittle) === 0xfffe &&
        this.#view.getUint16(this.offset + 2, this.#isLittle) === (ITEM_DELIMITATION & 0xffff);
      if (isDelimiter) {
        this.offset += 8;
        return;
      }
      this.#skip(this.#readHeader(isExplicit), isExplicit, depth + 1);
    }
  }

  #readHeader(isExplicit: boolean): ElementHeader {
    if (this.remaining < 8) throw new DomainError('SOURCE_INCOMPLETE', 'An image file ends inside a data element.');
    const group = this.#view.getUint16(this.offset, this.#isLittle);
    const tag = group * 0x10000 + this.#view.getUint16(this.offset + 2, this.#isLittle);
    if (!isExplicit || group === 0xfffe) {
      const length = this.#view.getUint32(this.offset + 4, this.#isLittle);
      this.offset += 8;
      return { tag, vr: null, length };
    }
    const vr = String.fromCharCode(this.#bytes[this.offset + 4]!, this.#bytes[this.offset + 5]!);
    if (!/^[A-Z]{2}$/.test(vr)) throw this.#malformed(tag);
    if (!LONG_VRS.has(vr)) {
      const length = this.#view.getUint16(this.offset + 6, this.#isLittle);
      this.offset += 8;
      return { tag, vr, length };
    }
    if (this.remaining < 12) throw new DomainError('SOURCE_INCOMPLETE', 'An image file ends inside a data element.');
    const length = this.#view.getUint32(this.offset + 8, this.#isLittle);
    this.offset += 12;
    return { tag, vr, length };
  }

  #need(length: number, tag: number): void {
    if (length > this.remaining) {
      throw new DomainError(
        'SOURCE_INCOMPLETE',
        `An image file ends early: element ${tagName(tag)} states ${length} bytes and ${this.remaining} are there.`,
      );
    }
  }

  #malformed(tag: number): DomainError {
    return new DomainError('SOURCE_INCOMPLETE', `An image is damaged: element ${tagName(tag)} is malformed.`);
  }
}

/** `(7FE0,0010)`. */
function tagName(tag: number): string {
  const hex = tag.toString(16).padStart(8, '0').toUpperCase();
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
