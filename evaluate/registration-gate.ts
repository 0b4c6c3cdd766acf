import { progressBar } from '../scripts/progress-bar.ts';
import { diseaseDefinition } from '../scripts/register/choose-plan.ts';
import {
  describeMachine,
  spread,
  targetOf,
  type BenchReport,
  type BenchRow,
  type BenchTarget,
} from '../bench/report.ts';
import { registerVolumes } from '../src/ml/registration/register-volumes.ts';
import type { RegistrationVerdict } from '../src/twins/registration.ts';
import type { ImagePresentation } from '../src/twins/timeline.ts';
import { gatePairs, PAIR_CLASSES, type GatePair, type PairClass } from './registration-gate/pairs.ts';

const SEED = 7001;
const REFUSED_TARGET_PERCENT = 3;
/** What headers state is right for every pair: only the images are asked. */
const STATED: ImagePresentation = {
  laterality: 'L',
  isInverted: false,
  patientOrientation: ['A', 'F'],
  viewPosition: null,
};
const VERDICTS = ['accepted', 'flagged', 'refused'] as const satisfies readonly RegistrationVerdict[];

interface Judged {
  readonly pair: GatePair;
  readonly verdict: RegistrationVerdict;
  readonly similarity: number | null;
}

/** What the gate says to pairs that are right and to pairs of other patients, mirrored, of other organs and blank. */
export default async function registrationGate({ quick }: { readonly quick: boolean }): Promise<BenchReport> {
  const show = progressBar();
  const rows: BenchRow[] = [];
  const targets: BenchTarget[] = [];
  for (const [name, isDeforming] of [
    ['multiple-sclerosis-mri', false],
    ['breast-cancer-left-mammography', true],
  ] as const) {
    const { registration: plan } = await diseaseDefinition(name);
    const pairs = await gatePairs({ seed: SEED, isDeforming, isQuick: quick });
    const judged = pairs.map((pair, index): Judged => {
      const { verdict, after } = registerVolumes(
        { fixed: pair.fixed, moving: pair.moving, plan, presentations: { fixed: STATED, moving: STATED } },
        () => performance.now(),
      );
      show(name, (index + 1) / pairs.length);
      return { pair, verdict, similarity: after?.maskedSsim ?? null };
    });
    rows.push(...PAIR_CLASSES.flatMap((kind) => rowsOf(name, kind, judged)));
    const wrong = judged.filter(({ pair }) => pair.kind !== 'right');
    const right = judged.filter(({ pair }) => pair.kind === 'right');
    if (right.length === 0) continue;
    const refused = right.filter(({ verdict }) => verdict === 'refused').length;
    targets.push(
      targetOf(`${name}: wrong pairs accepted`, wrong.filter(({ verdict }) => verdict === 'accepted').length, 0, 'max'),
      targetOf(`${name}: right pairs refused, %`, (100 * refused) / right.length, REFUSED_TARGET_PERCENT, 'max'),
    );
  }
  return {
    name: 'registration-gate',
    machine: describeMachine(1),
    seeds: [SEED],
    rows,
    targets,
    notes: [
      'plans and thresholds are those of the disease definitions; right pairs: real textures under known maps with a new gamma, bias field and noise (a small warp where only affine maps are sought, large ones where the organ deforms), and real follow-ups of two patients',
      'flagged alignments are used with a reservation that is shown; they are neither accepted nor refused',
      'who the patient is and which side is shown come from the headers of images; here headers always agree, so that the images alone are asked',
      ...(targets.length === 0 ? ['the real images are not beside this repository (../shared/data)'] : []),
    ],
  };
}

function rowsOf(plan: string, kind: PairClass, all: readonly Judged[]): BenchRow[] {
  const judged = all.filter(({ pair }) => pair.kind === kind);
  const similarities = judged.flatMap(({ similarity }) => similarity ?? []);
  const label = `${plan}; ${kind}`;
  return [
    ...VERDICTS.map((verdict) => ({
      case: label,
      subject: verdict,
      metric: 'pairs',
      value: judged.filter((one) => one.verdict === verdict).length,
      unit: `of ${judged.length}`,
    })),
    ...(similarities.length === 0
      ? []
      : [{ case: label, subject: 'all', metric: 'masked SSIM', unit: '', ...spread(similarities) }]),
  ];
}
