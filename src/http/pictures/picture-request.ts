import { z } from 'zod';

/** A decimal number; an empty text, which JavaScript takes for 0, is none. */
const decimal = z
  .string()
  .regex(/^-?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i)
  .transform(Number);

const query = z.strictObject({
  kind: z.enum(['acquired', 'registered', 'predicted', 'change', 'uncertainty']).optional(),
  /** `acquired`: slices as they were scanned. The others are the nearest planes of the patient. */
  plane: z.enum(['acquired', 'axial', 'coronal', 'sagittal']).default('acquired'),
  slice: z
    .string()
    .regex(/^\d{1,4}$/)
    .transform(Number)
    .optional(),
  /** Width and centre of the displayed range, in the voxels' unit (DICOM PS3.3 C.11.2.1.2). */
  window: decimal.refine((width) => width > 0 && width <= 1e9).optional(),
  level: decimal.refine((centre) => Math.abs(centre) <= 1e9).optional(),
  colour: z.enum(['grey', 'diverging', 'heat']).optional(),
});

const FILE = /^([0-9a-f]{64})\.(png|nii|nii\.gz)$/;

type PictureFormat = 'png' | 'nii' | 'nii.gz';
export interface PictureRequest extends z.output<typeof query> {
  readonly sha256: string;
  readonly format: PictureFormat;
}

/** The request as checked values; null where the file can be none of ours, or the name of the parameter at fault. */
export function readPictureRequest(
  file: string,
  parameters: unknown,
): { readonly request: PictureRequest } | { readonly fault: string } | null {
  const match = FILE.exec(file);
  if (match === null) return null;
  const parsed = query.safeParse(parameters);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const known = issue?.path[0];
    return { fault: typeof known === 'string' ? known : 'a parameter that does not exist' };
  }
  const [, sha256 = '', format = ''] = match;
  return { request: { ...parsed.data, sha256, format: format as PictureFormat } };
}
