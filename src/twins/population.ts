import type { PopulationStore } from './ports.ts';

/** One twin among those that forecasts of others learn from. */
export interface PopulationMember {
  readonly twinId: string;
  /** Blob with what was learned from it. */
  readonly sha256: string;
  readonly knownAt: Date;
}

/** The others that a forecast learns from. */
export interface Others {
  /** Of their records, sorted. */
  readonly hashes: readonly string[];
  /** The moment at which they are looked at, no later than what the forecast may know. */
  readonly asOf: Date;
}

/** How many patients a forecast learns from at most: what is beyond adds time, not skill. */
const MAXIMUM_POPULATION = 256;
/** Parts that the patients are divided into; of a patient's own part nobody is used. */
const PARTS = 8;
/** Among fewer patients every single one counts, and a fit of its own for each of them costs little. */
const FEWEST_SHARED = 16;
/** Records are counted in as so many times more have come. */
const GROWTH = 1.25;

/**
 * The others of a twin as known at a time, so chosen that forecasts share what is learned from them. Among few, all others.
 *
 * What came after the last cut is not looked at: cuts are made as the records have grown by a quarter. Whoever is not among the
 * first of them up to the newest cut, or up to the one before, learns from all of those; whoever is among both learns from those outside
 * of their own eighth. So one cut is learned from at most nine times, whoever asks and however often, and never for a
 * patient who is part of it. Depends on nothing but the twin and what was known at `asOf`.
 */
export async function othersOf(
  store: PopulationStore,
  {
    twinId,
    diseaseId,
    modelId,
    asOf,
  }: { readonly twinId: string; readonly diseaseId: string; readonly modelId: string; readonly asOf: Date },
): Promise<Others> {
  const membersAt = (cut: number) => store.members(diseaseId, modelId, cut, MAXIMUM_POPULATION);
  const placeIn = (members: readonly PopulationMember[]) => members.findIndex((member) => member.twinId === twinId);
  const records = await store.countAt(diseaseId, modelId, asOf);
  if (records === 0) return asLookedAt([]);
  const cut = lastCut(records);
  const members = await membersAt(cut);
  if (members.length < FEWEST_SHARED) {
    const everybody = cut === records ? members : await membersAt(records);
    return asLookedAt(everybody.filter((member) => member.twinId !== twinId));
  }
  const own = placeIn(members);
  if (own < 0) return asLookedAt(members);
  const before = await membersAt(lastCut(cut - 1));
  // Ids are random: every eighth by id is any eighth.
  return asLookedAt(placeIn(before) < 0 ? before : outsideOwnPart(members, own));
}

const asLookedAt = (others: readonly PopulationMember[]): Others => ({
  hashes: others.map(({ sha256 }) => sha256).toSorted(),
  asOf: new Date(others.reduce((latest, { knownAt }) => Math.max(latest, knownAt.getTime()), 0)),
});

/** The patients whom the one at this place is forecast from: those outside of their own eighth. */
export const outsideOwnPart = <T>(patients: readonly T[], own: number): T[] =>
  patients.filter((_, index) => index % PARTS !== own % PARTS);

/** Of so many records, how many are looked at. */
export function lastCut(records: number): number {
  let cut = 0;
  for (let next = 1; next <= records; next = Math.max(next + 1, Math.ceil(GROWTH * next))) cut = next;
  return cut;
}
