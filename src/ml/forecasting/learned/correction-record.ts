import { z } from 'zod';
import type { PersonalSpec } from '../personal/personal-spec.ts';
import { correctionColumns, type DirectCorrection } from './direct-correction.ts';

const numbers = z.array(z.number());
const treeNode = z.union([
  z.strictObject({ value: z.number() }),
  z.strictObject({
    column: z.number().int().nonnegative(),
    threshold: z.number(),
    low: z.number().int().positive(),
    high: z.number().int().positive(),
    missingGoesLow: z.boolean(),
  }),
]);
const share = z.number().min(0).max(1);

/** A correction as plain JSON. */
export const correctionRecord = z.strictObject({
  version: z.literal(1),
  variables: z.array(
    z
      .strictObject({
        ridge: z.strictObject({ means: numbers, sds: numbers, weights: numbers }),
        ridgeShare: share,
        trees: z
          .strictObject({
            start: z.number(),
            learningRate: z.number(),
            trees: z.array(z.strictObject({ nodes: z.array(treeNode).min(1) })),
          })
          .nullable(),
        treesShare: share,
        most: z.number().nonnegative(),
        spread: z.number().positive(),
      })
      .nullable(),
  ),
});
export type CorrectionRecord = z.infer<typeof correctionRecord>;

/** All bits kept. */
export const recordOfCorrection = (correction: DirectCorrection): CorrectionRecord => ({
  version: 1,
  variables: correction.map((own) =>
    own === null
      ? null
      : {
          ridge: { means: [...own.ridge.means], sds: [...own.ridge.sds], weights: [...own.ridge.weights] },
          ridgeShare: own.ridgeShare,
          trees:
            own.trees === null
              ? null
              : {
                  ...own.trees,
                  trees: own.trees.trees.map(({ nodes }) => ({ nodes: nodes.map((node) => ({ ...node })) })),
                },
          treesShare: own.treesShare,
          most: own.most,
          spread: own.spread,
        },
  ),
});

/** Reads what {@link recordOfCorrection} wrote; null where its parts do not fit the model. */
export function correctionOfRecord({ variables }: CorrectionRecord, declared: PersonalSpec): DirectCorrection | null {
  const columns = correctionColumns(declared);
  const isFitting =
    variables.length === declared.variables.length &&
    variables.every(
      (own) =>
        own === null ||
        (own.ridge.means.length === columns &&
          own.ridge.sds.length === columns &&
          own.ridge.weights.length === 2 * columns &&
          (own.trees?.trees ?? []).every(({ nodes }) =>
            nodes.every(
              (node, place) =>
                'value' in node ||
                (node.column < columns && [node.low, node.high].every((to) => to > place && to < nodes.length)),
            ),
          )),
    );
  if (!isFitting) return null;
  return variables.map((own) =>
    own === null
      ? null
      : {
          ...own,
          ridge: {
            means: Float64Array.from(own.ridge.means),
            sds: Float64Array.from(own.ridge.sds),
            weights: Float64Array.from(own.ridge.weights),
          },
        },
  );
}
