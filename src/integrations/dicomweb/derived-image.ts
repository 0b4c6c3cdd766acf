import type { Elements } from './elements.ts';

/** The coding scheme of the objects that this project writes (DerivationCodeSequence, 0008,9215). */
export const OWN_CODING_SCHEME = '99SEQUELA';

/**
 * Whether an image was made from other images rather than acquired: its ImageType says DERIVED (PS3.3 C.7.6.1.1.2), it
 * is marked as synthetic (0008,001C), or this project predicted it. Such an image is never an input of a forecast.
 */
export function isDerivedImage(elements: Elements): boolean {
  return (
    isDerivedImageType(elements.texts('00080008')) ||
    elements.text('0008001C') === 'YES' ||
    elements.items('00089215').some((item) => item.text('00080102') === OWN_CODING_SCHEME)
  );
}

/** `imageType` is the value of ImageType (0008,0008), empty where absent. */
export const isDerivedImageType = (imageType: readonly string[]): boolean => imageType[0]?.toUpperCase() === 'DERIVED';
