import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../../src/errors.ts';
import { parseDiseaseDefinition } from '../../src/twins/disease-definition.ts';
import { registrationPlan, type RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { Volume } from '../../src/twins/volume.ts';
import type { Method, RegisterOptions } from './options.ts';

const DISEASES = path.join(import.meta.dirname, '..', '..', 'diseases');
const MODELS = path.join(import.meta.dirname, '..', '..', 'models');
const GLOBAL_EVIDENCE =
  'Thresholds for MRI of one contrast: of 8 measured pairs of head images, 4 of one person over time scored at least 0.769 and 4 of different people at most 0.693.';
const CROSS_CONTRAST_EVIDENCE = 'Measured on one aligned pair of T1 and proton density; to be recalibrated.';
const DEFORMATION_EVIDENCE =
  'Correct synthetic warps of brain slices shrank tissue to 0.63 at most; deformations between different people to 0.44.';
/** Control points lie this many times apart along the longest side of the image. */
const CONTROL_POINTS = 16;

/** The definition of a disease by its key. */
export async function diseaseDefinition(key: string): Promise<ReturnType<typeof parseDiseaseDefinition>> {
  const name = `${path.basename(key)}.json`;
  return parseDiseaseDefinition(name, await readFile(definitionFile(key), 'utf8'));
}

/** Where the definition of a disease lies. */
export const definitionFile = (key: string): string => path.join(DISEASES, `${path.basename(key)}.json`);

/**
 * The plan that the options name: a disease's, one from a file, or one for the named method.
 * @throws {ConfigurationError} with every fault of a plan or definition.
 */
export async function choosePlan(options: RegisterOptions, fixed: Volume): Promise<RegistrationPlan> {
  if (options.disease !== undefined) return (await diseaseDefinition(options.disease)).registration;
  if (options.plan === undefined) return planFor(options.method ?? 'affine', options.cost, fixed);
  const read = registrationPlan.safeParse(jsonOf(options.plan, await readFile(options.plan, 'utf8')));
  if (read.success) return read.data;
  throw new ConfigurationError(
    `${path.basename(options.plan)} is no plan of a registration`,
    read.error.issues.map((issue) => `${issue.path.join('.') || '(whole)'}: ${issue.message}`),
  );
}

function jsonOf(file: string, text: string): unknown {
  try {
    return z.json().parse(JSON.parse(text));
  } catch {
    throw new ConfigurationError(`${path.basename(file)} is no plan of a registration`, ['(whole): must be JSON']);
  }
}

async function planFor(
  method: Method,
  cost: RegisterOptions['cost'] = 'squared-difference',
  fixed: Volume,
): Promise<RegistrationPlan> {
  const stages = ['rigid', 'similarity', 'affine'] as const;
  const freest = stages.findIndex((stage) => stage === method);
  const isOneContrast = cost !== 'mutual-information';
  return registrationPlan.parse({
    stages: freest === -1 ? ['rigid', 'affine'] : freest === 0 ? ['rigid'] : ['rigid', stages[freest]],
    cost,
    deformable: await deformableFor(method, fixed),
    preprocessing: { percentiles: [0.5, 99.5] },
    acceptance: isOneContrast
      ? { accepted: 0.75, review: 0.7, evidence: GLOBAL_EVIDENCE }
      : { measure: 'nmi-gain', accepted: 0.05, review: 0.01, evidence: CROSS_CONTRAST_EVIDENCE },
  });
}

async function deformableFor(method: Method, { shape, spacingMm }: Volume): Promise<unknown> {
  const limits = {
    minimumJacobian: 0.3,
    inverseConsistencyMm: 1.5 * spacingMm[1],
    evidence: DEFORMATION_EVIDENCE,
  };
  if (method === 'demons') return { method, force: 'local-cross-correlation', diffusionSigma: 1.5, limits };
  if (method !== 'ffd' && method !== 'voxelmorph') return null;
  const longest = Math.max(...shape.map((size, axis) => (size > 1 ? size * spacingMm[axis]! : 0)));
  const splines = {
    cost: 'mutual-information',
    gridSpacingMm: Number((longest / CONTROL_POINTS).toPrecision(3)),
    bendingWeight: 0.5,
  };
  return method === 'ffd'
    ? { method, ...splines, limits }
    : { method, model: await newestNetwork(shape[0] === 1 ? 2 : 3), refinement: splines, limits };
}

/** Name of the latest weights for images of so many dimensions. */
async function newestNetwork(dimensions: 2 | 3): Promise<string> {
  const prefix = `registration-${dimensions}d-`;
  const files = (await readdir(MODELS)).filter((name) => name.startsWith(prefix) && name.endsWith('.safetensors'));
  const newest = files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
  if (newest === undefined) {
    throw new ConfigurationError('--method voxelmorph has no network for these images', [
      `models: no ${prefix}*.safetensors; npm run train -- registration makes one, --method ffd needs none`,
    ]);
  }
  return newest.slice(0, -'.safetensors'.length);
}
