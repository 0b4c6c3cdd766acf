import type {
  DisplacementField,
  RegistrationRequest,
  SimilarityMeasures,
  SplineDeformation,
} from '../../twins/registration.ts';
import { asAffineTransform, fitOf, type Candidate } from './candidate.ts';
import { deform, type Deformed } from './deform.ts';
import { fieldOfMatrix, composeFields } from './deformable/field-operations.ts';
import { deformationProblemOf, judge, type Judgement } from './gate.ts';
import type { InferenceLine } from './learned/inference-thread.ts';
import { isStartOnly, polishedOf } from './global-candidates.ts';
import { movedInto, type Outcome } from './outcome.ts';
import type { PreparedPair } from './prepare-pair.ts';
import { gainOverDisplaced, globalQuality } from './quality.ts';
import { compose, identityMatrix } from './transform.ts';

/** What the judgement of a global alignment needs beside it. */
export interface Circumstances {
  /** Similarity at the headers' position. */
  readonly before: SimilarityMeasures | null;
  /** What ran, in order. */
  readonly stages: readonly string[];
  readonly mirror: () => SimilarityMeasures | null;
  readonly onProgress: (fraction: number) => void;
  /** To the thread of the networks, for a learned deformation. */
  readonly line: InferenceLine | null;
}

/**
 * Judges a global alignment, deforms from it where the plan asks for it, and judges that: a deformation that is rejected
 * leaves the global alignment, flagged.
 */
export function settle(
  pair: PreparedPair,
  request: RegistrationRequest,
  candidate: Candidate,
  { before, stages, mirror, ...options }: Circumstances,
): { readonly outcome: Outcome; readonly judgement: Judgement } {
  const { plan } = request;
  const { acceptance, deformable } = plan;
  const judged = judgeGlobal(pair, request, candidate, before, mirror);
  const wholly = asAffineTransform(pair, candidate);
  const isHopeless = candidate.measures === null || (acceptance.judged === 'global' && judged.verdict === 'refused');
  if (deformable === null || isHopeless) {
    return { outcome: globalOutcome(pair, request, candidate, judged, { before, stages }), judgement: judged };
  }

  const deformed = deform(pair, deformable, plan, candidate, before, options);
  const ran = [...stages, deformable.method];
  const gain =
    deformed.measures === null
      ? -Infinity
      : fitOf(acceptance.measure, deformed.measures) - fitOf(acceptance.measure, candidate.measures);
  const problem = deformationProblemOf(deformed.quality, gain, deformable.limits);
  const final =
    acceptance.judged === 'global' || problem !== null
      ? judged
      : judge({ ...deformed, nmiGain: deformed.quality.nmiGain }, acceptance, mirror);
  if (problem !== null) {
    const polished = isStartOnly(plan) ? polishedOf(pair, plan, candidate) : candidate;
    const alone = polished === candidate ? judged : judgeGlobal(pair, request, polished, before, mirror);
    const { verdict, reason } = alone;
    const why = `The deformation is not used, as ${problem}; the ${candidate.method} alignment is.`;
    return {
      judgement: alone,
      outcome: {
        ...globalOutcome(pair, request, polished, alone, { before, stages: ran }),
        verdict: verdict === 'accepted' ? 'flagged' : verdict,
        reason: verdict === 'accepted' ? why : reason,
        rejectedDeformation: { reason: why, after: deformed.measures, quality: deformed.quality },
      },
    };
  }
  const field = wholeField(pair, deformed);
  return {
    judgement: final,
    outcome: {
      verdict: final.verdict,
      reason: final.reason,
      method: `${candidate.method}+${deformable.method}`,
      stages: ran,
      transform: wholly,
      field: final.verdict === 'refused' ? null : field,
      splines: final.verdict === 'refused' ? null : wholeSplines(pair, deformed),
      moved: final.verdict === 'refused' ? null : movedInto(request, { field }),
      before,
      after: deformed.measures,
      quality: deformed.quality,
      rejectedDeformation: null,
    },
  };
}

/** A global alignment as the result. */
function globalOutcome(
  pair: PreparedPair,
  request: RegistrationRequest,
  candidate: Candidate,
  { verdict, reason }: Judgement,
  { before, stages }: Pick<Circumstances, 'before' | 'stages'>,
): Outcome {
  const transform = asAffineTransform(pair, candidate);
  return {
    verdict,
    reason,
    method: candidate.method,
    stages,
    transform,
    field: null,
    splines: null,
    moved: verdict === 'refused' ? null : movedInto(request, { matrix: Float64Array.from(transform.matrix) }),
    before,
    after: candidate.measures,
    quality: candidate.measures === null ? null : globalQuality(pair, request.plan.cost, candidate, before),
    rejectedDeformation: null,
  };
}

function judgeGlobal(
  pair: PreparedPair,
  { plan: { acceptance } }: RegistrationRequest,
  candidate: Candidate,
  before: SimilarityMeasures | null,
  mirror: Circumstances['mirror'],
): Judgement {
  const nmiGain = acceptance.measure === 'nmi-gain' ? gainOverDisplaced(pair, candidate, before) : null;
  return judge({ ...candidate, nmiGain }, acceptance, mirror);
}

/** {@link wholeField} of its parameters. */
const wholeSplines = ({ toMoving }: PreparedPair, { splines }: Deformed): SplineDeformation | null =>
  splines === null ? null : { ...splines, initial: compose(toMoving, splines.initial) };

/** From the fixed image to where the moving one really lies, which for slices of two planes is a step beyond the shared one. */
function wholeField({ toMoving }: PreparedPair, { field }: Deformed): DisplacementField {
  return identityMatrix().every((value, index) => value === toMoving[index])
    ? field
    : composeFields(fieldOfMatrix(toMoving, field.geometry), field);
}
