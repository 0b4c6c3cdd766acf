import { DomainError } from '../../errors.ts';

/** One item of encapsulated pixel data. */
export interface Fragment {
  /** Distance in bytes from the item tag of the first fragment to this one's, as offset tables count it. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

const damaged = (what: string) => new DomainError('SOURCE_INCOMPLETE', `An image is damaged: ${what}.`);

/**
 * The items of encapsulated pixel data (PS3.5 annex A.4): the basic offset table and the fragments.
 * @throws {DomainError} SOURCE_INCOMPLETE where an item reaches beyond the file or the sequence is not terminated.
 */
export function readFragments(
  dataset: Uint8Array,
  start: number,
): { frameOffsets: readonly number[]; fragments: readonly Fragment[] } {
  const view = new DataView(dataset.buffer, dataset.byteOffset, dataset.byteLength);
  const fragments: Fragment[] = [];
  let frameOffsets: number[] | null = null;
  let firstFragment = 0;
  for (let position = start; ;) {
    if (position + 8 > dataset.length) throw damaged('its compressed pixel data is not terminated');
    const group = view.getUint16(position, true);
    const element = view.getUint16(position + 2, true);
    const length = view.getUint32(position + 4, true);
    if (group === 0xfffe && element === 0xe0dd) break;
    if (group !== 0xfffe || element !== 0xe000) throw damaged('its compressed pixel data is malformed');
    if (length > dataset.length - position - 8) {
      throw damaged(`a fragment states ${length} bytes and ${dataset.length - position - 8} are there`);
    }
    const bytes = dataset.subarray(position + 8, position + 8 + length);
    if (frameOffsets === null) {
      frameOffsets = Array.from({ length: Math.floor(length / 4) }, (_, i) =>
        view.getUint32(position + 8 + i * 4, true),
      );
      firstFragment = position + 8 + length;
    } else {
      fragments.push({ offset: position - firstFragment, bytes });
    }
    position += 8 + length;
  }
  return { frameOffsets: frameOffsets ?? [], fragments };
}

/**
 * Joins fragments to one codestream per frame.
 *
 * Follows the offset table where it fits; without one, one fragment per frame, or the fragments that begin a codestream.
 * @param startsCodestream tells whether a fragment begins a codestream; null where that cannot be seen (RLE).
 * @throws {DomainError} SOURCE_INCOMPLETE where frames cannot be told apart with certainty.
 */
export function framesFrom(
  fragments: readonly Fragment[],
  frameOffsets: readonly number[],
  numberOfFrames: number,
  startsCodestream: ((bytes: Uint8Array) => boolean) | null,
): Uint8Array[] {
  if (fragments.length < numberOfFrames) {
    throw damaged(`it states ${numberOfFrames} frames and holds ${fragments.length} compressed fragments`);
  }
  if (numberOfFrames === 1) return [join(fragments)];
  if (fragments.length === numberOfFrames) return fragments.map((fragment) => fragment.bytes);
  const starts =
    frameOffsets.length === numberOfFrames
      ? frameOffsets.map((offset) => fragments.findIndex((fragment) => fragment.offset === offset))
      : fragments.flatMap((fragment, index) => (startsCodestream?.(fragment.bytes) === true ? [index] : []));
  const isSound =
    starts.length === numberOfFrames &&
    starts[0] === 0 &&
    starts.every((start, index) => index === 0 || start > starts[index - 1]!);
  if (!isSound) throw damaged('its frames cannot be told apart');
  return starts.map((start, index) => join(fragments.slice(start, starts[index + 1])));
}

const join = (fragments: readonly Fragment[]): Uint8Array =>
  fragments.length === 1 ? fragments[0]!.bytes : Buffer.concat(fragments.map((fragment) => fragment.bytes));
