import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { loadImage } from '../../src/composition/load-image.ts';
import { DomainError } from '../../src/errors.ts';
import type { JudgedValues } from '../../src/ml/registration/calibration/propose-thresholds.ts';
import { candidateOf } from '../../src/ml/registration/candidate.ts';
import { prepareFixed } from '../../src/ml/registration/prepare-fixed.ts';
import { preparePair } from '../../src/ml/registration/prepare-pair.ts';
import { gainOverDisplaced } from '../../src/ml/registration/quality.ts';
import { registerVolumes } from '../../src/ml/registration/register-volumes.ts';
import { compose, invert } from '../../src/ml/registration/transform.ts';
import type { RegistrationPlan } from '../../src/twins/registration-plan.ts';
import type { RegistrationRequest, RegistrationResult } from '../../src/twins/registration.ts';
import { progressBar } from '../progress-bar.ts';
import { requestOf } from './register-pair.ts';

/**
 * Registers every pair of a folder that people have judged: `accepted/<pair>/` and `refused/<pair>/`, each with one file or folder
 * `fixed` and one `moving`, of any ending. A pair that cannot be compared at all counts as 0.
 * @throws {DomainError} INVALID_INPUT that names the folder at fault.
 */
export async function valuesOfFolder(folder: string, plan: RegistrationPlan): Promise<JudgedValues> {
  const show = progressBar();
  const [accepted, refused] = [
    await pairsIn(path.join(folder, 'accepted')),
    await pairsIn(path.join(folder, 'refused')),
  ];
  const total = accepted.length + refused.length;
  let done = 0;
  const valuesOf = async (pairs: readonly string[]): Promise<number[]> => {
    const values: number[] = [];
    for (const pair of pairs) {
      const [fixed, moving] = [
        await loadImage(await partOf(pair, 'fixed')),
        await loadImage(await partOf(pair, 'moving')),
      ];
      const request = requestOf(fixed, moving, judgedPart(plan));
      const result = registerVolumes(request, () => performance.now());
      values.push(judgedValue(request, result) ?? 0);
      show('registering', ++done / total);
    }
    return values;
  };
  return { accepted: await valuesOf(accepted), refused: await valuesOf(refused) };
}

/** Without the deformation, where the alignment before it is what is judged. */
const judgedPart = (plan: RegistrationPlan): RegistrationPlan =>
  plan.acceptance.judged === 'global' ? { ...plan, deformable: null } : plan;

/** What the gate looked at; null where nothing could be compared. */
function judgedValue(
  request: RegistrationRequest,
  { before, after, quality, field, transform }: RegistrationResult,
): number | null {
  if (request.plan.acceptance.measure === 'masked-ssim') return after?.maskedSsim ?? null;
  if (field !== null) return quality?.nmiGain ?? null;
  const pair = preparePair(request, prepareFixed);
  if (typeof pair === 'string') return null;
  const inPlane = compose(invert(pair.toMoving), Float64Array.from(transform.matrix));
  return gainOverDisplaced(pair, candidateOf(pair, 'affine', 'affine', inPlane), before);
}

async function pairsIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.join(folder, entry.name))
    .sort();
}

async function partOf(pair: string, part: 'fixed' | 'moving'): Promise<string> {
  const found = (await readdir(pair)).filter((name) => name === part || name.startsWith(`${part}.`));
  // The raw half of a MetaImage lies beside its header.
  const [name, ...more] = found.filter((one) => !/\.z?raw$/.test(one));
  if (name === undefined || more.length > 0) {
    throw new DomainError(
      'INVALID_INPUT',
      `${path.basename(path.dirname(pair))}/${path.basename(pair)} must hold one file or folder "${part}" (with any ending); found ${found.length}.`,
      { field: part },
    );
  }
  return path.join(pair, name);
}
