import type { GapBody, TimelineEntryDraft } from '../../twins/timeline.ts';

/**
 * Why a resource gives the timeline nothing, in the words that end the sentence "could not be used: ...". Null: nothing
 * is missing, because the resource never was a fact for the timeline (a text result, an order only proposed).
 */
export const REFUSALS = {
  'not-this-type': null,
  'no-id': null,
  'not-numeric': null,
  'no-value': null,
  'not-yet-available': null,
  'only-planned': null,
  'do-not-perform': null,
  'not-taken': null,
  'data-absent': 'the source says that it has no value',
  'no-code': 'it has no code of a known terminology',
  'no-status': 'its status is not stated',
  'unknown-status': 'its status is unknown to the source',
  'stopped-midway': 'it was stopped, and the source does not say how much took place',
  'no-time': 'it does not say when it took place',
  'unreadable-time': 'its time cannot be read',
  'open-ended': 'it does not say when it ends',
  'unreadable-number': 'its number cannot be read',
  'no-unit': 'it has no unit',
  'unknown-unit': 'its unit is not known',
  'no-dose': 'it does not state a dose',
  'ambiguous-dose': 'it states no single dose',
  'no-timing': 'it does not say how often',
  'ambiguous-timing': 'it does not say exactly how often',
  'as-needed': 'it is taken as needed, and how often that was is not stated',
  'unresolved-medication': 'the medication that it names cannot be read',
  'no-study-uid': 'it has no Study Instance UID',
  'no-address': 'it has no usable address',
} as const satisfies Record<string, string | null>;
export type Refusal = keyof typeof REFUSALS;

/** What a reader makes of one resource. A refusal carries the gaps that tell of it, if it is one worth telling. */
export type Reading =
  | { readonly kind: 'drafts'; readonly drafts: readonly TimelineEntryDraft[] }
  | { readonly kind: 'refused'; readonly reason: Refusal; readonly drafts: readonly TimelineEntryDraft[] };

/** A step of reading that may end in a refusal. */
export type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: Refusal };

/** Something that could be read. */
export const found = <T>(value: T): Attempt<T> => ({ ok: true, value });
/** Something that could not be read, with the reason. */
export const refused = (reason: Refusal): { readonly ok: false; readonly reason: Refusal } => ({ ok: false, reason });

const SUBJECTS: Record<GapBody['missing'], string> = {
  observation: 'A measurement',
  treatment: 'A treatment',
  condition: 'A diagnosis',
  procedure: 'A procedure',
  image: 'An imaging study',
  source: 'A record',
};

/** The gap that a refusal leaves; null where nothing is missing. */
export function gapOf(missing: GapBody['missing'], reason: Refusal): GapBody | null {
  const because = REFUSALS[reason];
  if (because === null) return null;
  return {
    kind: 'gap',
    missing,
    reason,
    message: `${SUBJECTS[missing]} could not be used: ${because}.`,
    isTransient: false,
  };
}
