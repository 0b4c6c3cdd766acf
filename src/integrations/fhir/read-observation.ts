import type { TimelineBody, TimelineEntryDraft } from '../../twins/timeline.ts';
import { codingsOf } from './coding.ts';
import { effectiveTime } from './effective-time.ts';
import { elementsOf, numberOf, textOf } from './element.ts';
import type { Element } from './element.ts';
import type { FhirSpan } from './fhir-time.ts';
import { amountOf } from './quantity.ts';
import type { Amount } from './quantity.ts';
import { found, gapOf, refused } from './refusal.ts';
import type { Attempt, Reading, Refusal } from './refusal.ts';
import { draftOf, refusalOf, retractionOf, versionOf } from './resource-version.ts';

/** No real panel has more; what a hostile one has beyond is not read. */
const MAXIMUM_COMPONENTS = 200;
/** An earlier version may have had components that a corrected or withdrawn one no longer lists. */
const COMPONENTS_OF_EARLIER_VERSIONS = 8;

/**
 * Reads an R4 Observation: one draft for its own value and one for each component (`Observation/id#1`, `#2`, ...).
 *
 * Used are `final`, `amended`, `corrected` and, flagged, `preliminary`; `entered-in-error` and `cancelled` retract;
 * `registered` is not there yet; `unknown` is a gap. Values: Quantity with its comparator, and integer (unit `1`). A text, a
 * code, a range, a ratio or a series of samples is not a number. A stated `dataAbsentReason` is a gap.
 */
export function readObservation(resource: unknown, readAt: Date): Reading {
  const named = versionOf(resource, 'Observation');
  if (!named.ok) return { kind: 'refused', reason: named.reason, drafts: [] };
  const { element, version } = named.value;
  const components = elementsOf(element['component']).slice(0, MAXIMUM_COMPONENTS);
  const parts = [null, ...components.keys().map((index) => index + 1)];
  const status = textOf(element['status']);
  switch (status) {
    case 'entered-in-error':
    case 'cancelled':
      return retractionOf(version, isEmptied(element) ? withEarlierComponents(parts) : parts, status, readAt);
    case 'registered':
      return refusalOf(version, parts, 'observation', 'not-yet-available', readAt);
    case 'final':
    case 'amended':
    case 'corrected':
    case 'preliminary':
      break;
    case null:
      return refusalOf(version, parts, 'observation', 'no-status', readAt);
    default:
      return refusalOf(version, parts, 'observation', 'unknown-status', readAt);
  }

  const isCorrection = status === 'amended' || status === 'corrected';
  const pieces = [element, ...components].map((piece, index) => ({ piece, part: index === 0 ? null : index }));
  const values = pieces.map(({ piece, part }) => ({ part, codes: codingsOf(piece['code']), value: valueOf(piece) }));
  const firstReason = values.map(({ value }) => (value.ok ? null : value.reason)).find((reason) => reason !== null);
  const hasSomething = values.some(({ value }) => value.ok || gapOf('observation', value.reason) !== null);
  const stale = isCorrection ? withEarlierComponents(parts).filter((part) => !parts.includes(part)) : [];
  if (!hasSomething) {
    if (isCorrection) return retractionOf(version, withEarlierComponents(parts), 'no longer a number', readAt);
    return refusalOf(version, parts, 'observation', firstReason ?? 'no-value', readAt);
  }
  const time = effectiveTime(element, 'effective', version.issuedAt);
  if (!time.ok) return refusalOf(version, parts, 'observation', time.reason, readAt);

  const drafts: TimelineEntryDraft[] = [];
  let reason: Refusal = firstReason ?? 'no-value';
  for (const { part, codes, value } of values) {
    const body = bodyOf(codes, value, status === 'preliminary');
    if (body.ok) {
      drafts.push(draftOf(version, part, time.value, body.value));
    } else {
      const gap = gapOf('observation', body.reason);
      if (gap !== null) {
        reason = body.reason;
        drafts.push(draftOf(version, part, time.value, gap));
      } else if (isCorrection) {
        stale.push(part);
      }
    }
  }
  const isUsable = drafts.some((draft) => draft.body.kind === 'observation');
  drafts.push(...retractionDrafts(version, stale, time.value));
  return isUsable ? { kind: 'drafts', drafts } : { kind: 'refused', reason, drafts };
}

function bodyOf(
  codes: ReturnType<typeof codingsOf>,
  value: Attempt<Amount>,
  isPreliminary: boolean,
): Attempt<TimelineBody> {
  if (!value.ok) return value;
  return codes.length === 0 ? refused('no-code') : found({ kind: 'observation', codes, ...value.value, isPreliminary });
}

function valueOf(piece: Element): Attempt<Amount> {
  if (piece['valueQuantity'] !== undefined) {
    const amount = amountOf(piece['valueQuantity']);
    return !amount.ok && amount.reason === 'no-value' && piece['dataAbsentReason'] !== undefined
      ? refused('data-absent')
      : amount;
  }
  if (piece['valueInteger'] !== undefined) {
    const value = numberOf(piece['valueInteger']);
    return value === null || !Number.isInteger(value)
      ? refused('unreadable-number')
      : found({ value, unit: '1', comparator: null });
  }
  if (piece['dataAbsentReason'] !== undefined) return refused('data-absent');
  const hasValue = Object.keys(piece).some((name) => /^value[A-Z]/.test(name) && piece[name] !== undefined);
  return refused(hasValue ? 'not-numeric' : 'no-value');
}

/** A withdrawn version that kept its content lists what there was; one without any does not tell. */
function isEmptied(observation: Element): boolean {
  return !Object.keys(observation).some(
    (name) => /^(?:value[A-Z]|component$)/.test(name) && observation[name] !== undefined,
  );
}

function withEarlierComponents(parts: readonly (number | null)[]): (number | null)[] {
  const count = Math.max(parts.length - 1, COMPONENTS_OF_EARLIER_VERSIONS);
  return [null, ...Array.from({ length: count }, (_, index) => index + 1)];
}

function retractionDrafts(
  version: Parameters<typeof draftOf>[0],
  parts: readonly (number | null)[],
  span: FhirSpan,
): TimelineEntryDraft[] {
  return parts.map((part) => draftOf(version, part, span, { kind: 'retraction', reason: 'no longer a number' }));
}
