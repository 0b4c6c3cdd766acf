import { sha256OfJson } from './canonical-json.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import type { ForecastInput } from './forecast.ts';

/**
 * SHA-256 (lower-case hex) over everything that determines a forecast: the definition's id, version and content, the
 * model, and the whole input with its visits, voxels, exposures, population records and seed. Stable across processes,
 * machines and the order of members; `canonicalJson` says how the text is made. Two forecasts with equal hash and equal
 * `modelVersion` have the same bytes.
 * @throws {FaultError} where the input holds a number that is not finite outside of voxels.
 */
export function hashForecastInput(
  input: ForecastInput,
  made: { definition: DiseaseDefinition; modelId: string },
): string {
  return sha256OfJson({ format: 1, definition: made.definition, modelId: made.modelId, input });
}
