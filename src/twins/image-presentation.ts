import type { ImagePresentation } from './timeline.ts';

/** What DICOM says of a picture, apart from the rest of what holds it. */
export const presentationOf = ({
  laterality,
  isInverted,
  patientOrientation,
  viewPosition,
}: ImagePresentation): ImagePresentation => ({ laterality, isInverted, patientOrientation, viewPosition });
