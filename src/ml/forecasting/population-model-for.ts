import { createHash } from 'node:crypto';
import { sha256OfJson } from '../../twins/canonical-json.ts';
import type { Dynamics } from '../../twins/dynamics.ts';
import type { OthersQuestion } from './forecasting-method.ts';
import {
  judgeOn,
  type JudgedPopulation,
  learnedOfRecord,
  type LearnedPopulation,
  learnPopulation,
  recordOfLearned,
} from './learned-population.ts';
import { seriesOf } from './personal-dynamics.ts';
import type { PersonalPopulation } from './personal-population.ts';
import { recentlyMade } from './recently-made.ts';
import type { ShippedModel } from './shipped-model.ts';
import { MINIMUM_PATIENTS } from './skill.ts';

/** What stands for the others in a forecast. */
export interface PopulationSource {
  readonly learned: LearnedPopulation | null;
  /** SHA-256 of everything that it depends on. */
  readonly hash: string;
  /** Of whom it was learned, where not of the patients known here. */
  readonly caveats: readonly string[];
}

/** A fit depends on nothing but the patients and the declaration, so that forecasts share it. */
const FIT_SEED = 1;
/** Of as many questions about different patients the populations stay at hand, per thread. */
const KEPT_SOURCES = 12;

const sources = recentlyMade<Omit<PopulationSource, 'hash'>>(KEPT_SOURCES);

/**
 * The model of the others that are known here, or the shipped one: with too few others, and where what the others measured was likelier under it
 * by more than a standard error over patients. Its skill and its intervals are then what it showed on the others.
 * @param made what {@link encodeSource} made of the same question, which spares making it again; what answers another one is not used.
 */
export function populationModelFor(
  { dynamics }: Pick<OthersQuestion, 'dynamics'>,
  { courses, hash }: PersonalPopulation,
  shipped: ShippedModel | null,
  made: Uint8Array | null = null,
): PopulationSource {
  const key = [hash, sha256OfJson(dynamics), shipped?.sha256].join(' ');
  const sourceHash = createHash('sha256').update(key).digest('hex');
  const source = sources(key, () => decodeSource(made, sourceHash) ?? learnedSource(dynamics, courses, shipped));
  return { ...source, hash: sourceHash };
}

function learnedSource(
  dynamics: Dynamics,
  courses: PersonalPopulation['courses'],
  shipped: ShippedModel | null,
): Omit<PopulationSource, 'hash'> {
  if (shipped !== null && courses.length < MINIMUM_PATIENTS) {
    const caveat = `Only ${courses.length} other patients are known here and ${MINIMUM_PATIENTS} are needed: values are forecast by a model that was learned from ${shipped.learnedFrom}.`;
    return { learned: shipped.learned, caveats: [caveat] };
  }
  const own = learnPopulation(courses, dynamics, { seed: FIT_SEED });
  if (shipped === null) return { learned: own, caveats: [] };
  const others = judgeOn(
    shipped.learned,
    courses.map((course) => seriesOf(course, dynamics)),
  );
  if (own !== null && !isClearlyLikelier(others, own)) return { learned: own, caveats: [] };
  const caveat = `Values are forecast by a model that was learned from ${shipped.learnedFrom}: it did better on the ${courses.length} other patients known here than a model of their own.`;
  return { learned: others, caveats: [caveat] };
}

/** A source as bytes, for other threads; all bits of its numbers are kept. */
export const encodeSource = ({ learned, hash, caveats }: PopulationSource): Uint8Array =>
  new TextEncoder().encode(
    JSON.stringify({ hash, caveats, learned: learned === null ? null : recordOfLearned(learned) }),
  );

/** Null where there is none or it is another one. */
function decodeSource(bytes: Uint8Array | null, hash: string): Omit<PopulationSource, 'hash'> | null {
  if (bytes === null) return null;
  const record = JSON.parse(new TextDecoder().decode(bytes)) as {
    readonly hash: string;
    readonly caveats: readonly string[];
    readonly learned: unknown;
  };
  if (record.hash !== hash) return null;
  return { learned: record.learned === null ? null : learnedOfRecord(record.learned), caveats: record.caveats };
}

/** Whether what each patient measured was likelier under the one by more than a standard error over patients. */
function isClearlyLikelier(
  { logDensities: one }: JudgedPopulation,
  { logDensities: other }: JudgedPopulation,
): boolean {
  if (one.length !== other.length || one.length < 2) return false;
  const gains = one.map((density, index) => density - other[index]!);
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  return mean > Math.sqrt(variance / gains.length);
}
