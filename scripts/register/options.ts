import { parseArgs } from 'node:util';
import { DomainError } from '../../src/errors.ts';

export const USAGE = `usage: npm run register -- FIXED MOVING --out DIR [options]
       npm run register -- --calibrate PAIRS --disease KEY [--write] [--json]

  FIXED, MOVING         a folder or file of DICOM, NIfTI (.nii, .nii.gz), MetaImage (.mha, .mhd), PNG, or TIFF;
                        "stack.tif#3" is frame 3 of a file that holds several, counted from 0
  --out DIR             where results go; made if it is not there
  --disease KEY         register as visits of this disease are (diseases/KEY.json)
  --plan FILE           register by a plan: JSON as "registration" of a disease definition
  --method NAME         how free the map is: rigid, similarity, affine (default), ffd, demons,
                        voxelmorph (slices: a trained network, refined by ffd)
  --cost NAME           what the search compares: squared-difference (default), cross-correlation,
                        mutual-information (images of two contrasts)
  --spacing MM          "rows,columns" or "slices,rows,columns": distance of voxels, for files that state none
  --fixed-series UID    of a folder with several DICOM series; --moving-series UID likewise
  --any-patient         register images that name two patients all the same
  --json                one JSON object on stdout

  --calibrate PAIRS     a folder with "accepted" and "refused", each with a folder per pair that holds "fixed" and
                        "moving" (with any ending); or "database": what the server of DATABASE_URL has registered
  --write               put the proposed thresholds into diseases/KEY.json

exit code: 0 aligned (accepted, or flagged for review), 1 an input is at fault, 2 wrong usage, 3 refused by the gate`;

export interface RegisterOptions {
  readonly kind: 'register';
  readonly fixed: string;
  readonly moving: string;
  readonly out: string;
  readonly disease: string | undefined;
  readonly plan: string | undefined;
  readonly method: Method | undefined;
  readonly cost: Cost | undefined;
  readonly spacingMm: readonly [number, number, number] | undefined;
  readonly fixedSeries: string | undefined;
  readonly movingSeries: string | undefined;
  readonly isAnyPatient: boolean;
  readonly isJson: boolean;
}

export interface CalibrateOptions {
  readonly kind: 'calibrate';
  readonly pairs: string;
  readonly disease: string;
  readonly isWritten: boolean;
  readonly isJson: boolean;
}

export const METHODS = ['rigid', 'similarity', 'affine', 'ffd', 'demons', 'voxelmorph'] as const;
export type Method = (typeof METHODS)[number];
const COSTS = ['squared-difference', 'cross-correlation', 'mutual-information'] as const;
export type Cost = (typeof COSTS)[number];

/** @throws {DomainError} INVALID_INPUT with what is wrong with the command line. */
export function readOptions(args: readonly string[]): RegisterOptions | CalibrateOptions | 'help' {
  const { values, positionals } = parsed(args);
  if (values.help) return 'help';
  if (values.calibrate !== undefined) {
    if (values.disease === undefined) throw wrong('--calibrate needs --disease KEY.', 'disease');
    return {
      kind: 'calibrate',
      pairs: values.calibrate,
      disease: values.disease,
      isWritten: values.write,
      isJson: values.json,
    };
  }
  const [fixed, moving, ...more] = positionals;
  if (fixed === undefined || moving === undefined || more.length > 0) {
    throw wrong(`Two images are needed, FIXED and MOVING; found ${positionals.length}.`, 'FIXED MOVING');
  }
  if (values.out === undefined) throw wrong('--out DIR is needed.', 'out');
  if ([values.disease, values.plan, values.method].filter((value) => value !== undefined).length > 1) {
    throw wrong('--disease, --plan and --method are three ways to say the same; give one.', 'method');
  }
  if (values.cost !== undefined && (values.disease ?? values.plan) !== undefined) {
    throw wrong('--cost is what --disease and --plan say already; leave it out.', 'cost');
  }
  return {
    kind: 'register',
    fixed,
    moving,
    out: values.out,
    disease: values.disease,
    plan: values.plan,
    method: oneOf('method', METHODS, values.method),
    cost: oneOf('cost', COSTS, values.cost),
    spacingMm: values.spacing === undefined ? undefined : spacingOf(values.spacing),
    fixedSeries: values['fixed-series'],
    movingSeries: values['moving-series'],
    isAnyPatient: values['any-patient'],
    isJson: values.json,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string' },
        disease: { type: 'string' },
        plan: { type: 'string' },
        method: { type: 'string' },
        cost: { type: 'string' },
        spacing: { type: 'string' },
        'fixed-series': { type: 'string' },
        'moving-series': { type: 'string' },
        'any-patient': { type: 'boolean', default: false },
        calibrate: { type: 'string' },
        write: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : 'The command line cannot be read.', 'arguments');
  }
}

function oneOf<T extends string>(option: string, known: readonly T[], value: string | undefined): T | undefined {
  if (value === undefined) return undefined;
  const found = known.find((one) => one === value);
  if (found === undefined) throw wrong(`--${option} must be one of ${known.join(', ')}; found "${value}".`, option);
  return found;
}

function spacingOf(text: string): readonly [number, number, number] {
  const values = text.split(',').map(Number);
  if ((values.length !== 2 && values.length !== 3) || !values.every((value) => value > 0 && Number.isFinite(value))) {
    throw wrong(`--spacing must be 2 or 3 lengths in mm above 0, found "${text}".`, 'spacing');
  }
  const [rows, columns] = values.slice(-2) as [number, number];
  // A picture has no thickness of its own.
  return [values.length === 3 ? values[0]! : rows, rows, columns];
}

const wrong = (message: string, field: string): DomainError => new DomainError('INVALID_INPUT', message, { field });
