import type { RegistrationPlan } from '../../twins/registration-plan.ts';
import type { RegistrationRequest } from '../../twins/registration.ts';
import type { ImagePresentation } from '../../twins/timeline.ts';

/** Where growing columns lead, towards (P) or away from (A) the chest wall: the picture's edge that shows it. */
const PECTORAL_EDGE: Readonly<Record<string, 'left' | 'right'>> = { A: 'left', P: 'right' };

/**
 * Why two images may not be compared by what DICOM says of their side, for a clinician; null when they may. Stated sides
 * and stated views must agree always. Pixels are never asked: a breast or a mirrored brain fits its opposite too well.
 */
export function sideProblemOf(
  side: RegistrationPlan['preprocessing']['side'],
  presentations: RegistrationRequest['presentations'],
): string | null {
  const sides = [presentations?.fixed.laterality ?? null, presentations?.moving.laterality ?? null];
  if (sides[0] !== null && sides[1] !== null && sides[0] !== sides[1]) {
    return `The images show opposite sides: the reference is of the ${named(sides[0]!)}, the image of the ${named(sides[1]!)} side.`;
  }
  const views = [presentations?.fixed.viewPosition ?? null, presentations?.moving.viewPosition ?? null];
  if (views[0] !== null && views[1] !== null && views[0] !== views[1]) {
    return `The images are different views: the reference is ${views[0]}, the image ${views[1]}.`;
  }
  if (side === 'any') {
    return null;
  }
  if (sides.includes(null)) {
    const which = sides[0] === null ? 'The reference image' : 'The image';
    return `${which} does not state which side of the body it shows (Image Laterality).`;
  }
  if (side === 'known') {
    return null;
  }
  const edges = [pectoralEdge(presentations!.fixed), pectoralEdge(presentations!.moving)];
  if (edges.includes(null)) {
    const which = edges[0] === null ? 'The reference image' : 'The image';
    return `${which} does not state at which edge the chest wall lies (Patient Orientation).`;
  }
  return edges[0] === edges[1]
    ? null
    : `One of the images is stored mirrored: the chest wall lies at the ${edges[0]} edge of the reference and at the ${edges[1]} edge of the image. Images are not flipped to fit.`;
}

/** The first letter is the main direction (PS3.3 C.7.6.1.1.1). */
const pectoralEdge = ({ patientOrientation }: ImagePresentation): 'left' | 'right' | null =>
  PECTORAL_EDGE[patientOrientation?.[0].charAt(0).toUpperCase() ?? ''] ?? null;

const named = (side: 'R' | 'L'): string => (side === 'R' ? 'right' : 'left');
