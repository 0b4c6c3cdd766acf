import { z } from 'zod';

const range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, 'must be [low, high] with low < high');

/** What a deformation must satisfy to be used; otherwise the global alignment is, and the visit is flagged. */
const deformationLimits = z.strictObject({
  /** Smallest ratio of volumes (determinant of the Jacobian) in the foreground; 0 and below is a fold. */
  minimumJacobian: z.number().min(0).max(1),
  /** Largest mean distance in mm by which there and back misses the start, over the foreground. */
  inverseConsistencyMm: z.number().positive(),
  /** Where the numbers come from, in a sentence. */
  evidence: z.string().min(1),
});

const freeForm = z.strictObject({
  cost: z.enum(['mutual-information', 'local-cross-correlation']),
  /** Distance of the control points of the finest level in mm. */
  gridSpacingMm: z.number().positive(),
  /** Weight of the bending energy; 0 leaves the deformation free. */
  bendingWeight: z.number().min(0),
});

const deformable = z.discriminatedUnion('method', [
  freeForm.extend({
    /** B-spline free-form deformation (Rueckert et al., IEEE TMI 18(8), 1999). */
    method: z.literal('ffd'),
    limits: deformationLimits,
  }),
  z.strictObject({
    /** Diffeomorphic demons (Vercauteren et al., NeuroImage 45(1), 2009). */
    method: z.literal('demons'),
    /** Squared differences fail under a bias field or another gamma; the local correlation does not. */
    force: z.enum(['local-cross-correlation', 'squared-difference']),
    /** Standard deviation of the Gaussian that smooths the field, in voxels. */
    diffusionSigma: z.number().positive(),
    limits: deformationLimits,
  }),
  z.strictObject({
    /** A network that was trained to deform (VoxelMorph, Balakrishnan et al., IEEE TMI 38(8), 2019). */
    method: z.literal('voxelmorph'),
    /** Name of the weights under `models/`. */
    model: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be the name of a file without its ending'),
    /** Free-form deformation of what the network leaves; null where its one pass is enough. */
    refinement: freeForm.nullable().default(null),
    limits: deformationLimits,
  }),
]);

/**
 * How visits are brought into one space, and what an alignment must reach to be used. Stages run from the least to the
 * most free, each from where the one before ended.
 */
export const registrationPlan = z
  .strictObject({
    /** Empty: the images are in one space already, and only their grids are compared. */
    stages: z.array(z.enum(['rigid', 'similarity', 'affine'])),
    /**
     * What the global stages optimise. Squared differences (with free gain and offset) and cross-correlation are for images
     * of one contrast, mutual information also for images of several.
     */
    cost: z.enum(['squared-difference', 'cross-correlation', 'mutual-information']).default('squared-difference'),
    /** Null where change is measured in undeformed space, as a deformation would take it in. */
    deformable: deformable.nullable().default(null),
    preprocessing: z.strictObject({
      /** Percentiles that become 0 and 1 before images are compared. */
      percentiles: range.refine(([low, high]) => low >= 0 && high <= 100, 'must lie in 0..100'),
      /** Whether the search compares the foreground of the reference alone, or all of it. */
      compare: z.enum(['everything', 'foreground']).default('everything'),
      /** Whether the moving image takes on the distribution of the reference's values before it is deformed. */
      matchHistogram: z.boolean().default(false),
      /**
       * `known` for paired organs: both images must state the same side (DICOM ImageLaterality). `pectoral` for mammograms:
       * the chest wall must lie on the same edge of both pictures as well. No image is ever flipped to fit.
       */
      side: z.enum(['any', 'known', 'pectoral']).default('any'),
    }),
    acceptance: z.strictObject({
      /**
       * `masked-ssim`: structural similarity in the foreground after denoising, for images of one contrast. `nmi-gain`: how
       * much normalised mutual information the alignment adds to that of the headers' position.
       */
      measure: z.enum(['masked-ssim', 'nmi-gain']).default('masked-ssim'),
      /** Whether the global alignment is judged by it, or the final one, as for organs that never lie alike twice. */
      judged: z.enum(['global', 'final']).default('global'),
      /** At or above which an alignment is accepted. */
      accepted: z.number().min(-1).max(1),
      /** At or above which it is used but flagged; below it is refused. */
      review: z.number().min(-1).max(1),
      /** Where the numbers come from, in a sentence. */
      evidence: z.string().min(1),
    }),
  })
  .superRefine(({ stages, deformable, acceptance }, context) => {
    const order = ['rigid', 'similarity', 'affine'];
    if (stages.some((stage, index) => index > 0 && order.indexOf(stage) <= order.indexOf(stages[index - 1]!))) {
      context.addIssue({ code: 'custom', path: ['stages'], message: 'must run from rigid to affine, each once' });
    }
    if (stages.length === 0 && deformable !== null) {
      context.addIssue({ code: 'custom', path: ['deformable'], message: 'needs a global stage before it' });
    }
    if (acceptance.judged === 'final' && deformable === null) {
      context.addIssue({ code: 'custom', path: ['acceptance', 'judged'], message: 'is final only with a deformation' });
    }
    if (acceptance.review > acceptance.accepted) {
      context.addIssue({ code: 'custom', path: ['acceptance', 'review'], message: 'must not be above accepted' });
    }
  });

export type RegistrationPlan = z.output<typeof registrationPlan>;
