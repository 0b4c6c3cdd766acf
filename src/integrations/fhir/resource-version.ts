import { createHash } from 'node:crypto';
import type { GapBody, TimelineBody, TimelineEntryDraft } from '../../twins/timeline.ts';
import { asElement, textOf } from './element.ts';
import type { Element } from './element.ts';
import { parseInstant } from './fhir-time.ts';
import type { FhirSpan } from './fhir-time.ts';
import { gapOf } from './refusal.ts';
import type { Attempt, Reading, Refusal } from './refusal.ts';

const FHIR_ID = /^[A-Za-z0-9.-]{1,64}$/;
/** FHIR's `id` (R4 2.24.0.1). Anything else never goes into a URL. */
export const isFhirId = (value: unknown): value is string =>
  typeof value === 'string' && FHIR_ID.test(value) && !/^\.+$/.test(value);

/** One version of one resource at its source. */
export interface ResourceVersion {
  /** `Observation/123`. */
  readonly sourceId: string;
  /** `meta.versionId`, or where there is none, a hash of the content without `meta`. */
  readonly sourceVersion: string;
  /** The later of `issued` and `meta.lastUpdated`: before both are past, this version was not published. */
  readonly issuedAt: Date | null;
}

/** Names the version of a resource of a type; refused where it is of another type or has no valid id. */
export function versionOf(resource: unknown, type: string): Attempt<{ element: Element; version: ResourceVersion }> {
  const element = asElement(resource);
  if (element === null || element['resourceType'] !== type) return { ok: false, reason: 'not-this-type' };
  if (!isFhirId(element['id'])) return { ok: false, reason: 'no-id' };
  const meta = asElement(element['meta']);
  const times = [parseInstant(element['issued']), parseInstant(meta?.['lastUpdated'])].filter((time) => time !== null);
  return {
    ok: true,
    value: {
      element,
      version: {
        sourceId: `${type}/${element['id']}`,
        sourceVersion: textOf(meta?.['versionId']) ?? contentHash(element),
        issuedAt: times.length === 0 ? null : new Date(Math.max(...times.map((time) => time.getTime()))),
      },
    },
  };
}

/** A draft of one part of a resource: `part` null for the resource itself, else what follows `#`. */
export function draftOf(
  version: ResourceVersion,
  part: number | string | null,
  span: FhirSpan,
  body: TimelineBody,
): TimelineEntryDraft {
  return {
    sourceSystem: 'fhir',
    sourceId: part === null ? version.sourceId : `${version.sourceId}#${part}`,
    // A gap is not the version itself: when a later release can read that version, it must not look known already.
    sourceVersion: body.kind === 'gap' ? `${version.sourceVersion}:${body.reason}` : version.sourceVersion,
    occurredAt: span.from,
    occurredUntil: span.until,
    issuedAt: version.issuedAt,
    body,
  };
}

/** The source withdrew the resource and the given parts of it. */
export function retractionOf(
  version: ResourceVersion,
  parts: readonly (number | string | null)[],
  reason: string,
  readAt: Date,
): Reading {
  const at = version.issuedAt ?? readAt;
  const span = { from: at, until: at };
  return { kind: 'drafts', drafts: parts.map((part) => draftOf(version, part, span, { kind: 'retraction', reason })) };
}

/** A refusal with a gap for every part that an earlier version may have told of. */
export function refusalOf(
  version: ResourceVersion,
  parts: readonly (number | string | null)[],
  missing: GapBody['missing'],
  reason: Refusal,
  readAt: Date,
  span?: FhirSpan | null,
): Reading {
  const gap = gapOf(missing, reason);
  const at = version.issuedAt ?? readAt;
  const when = span ?? { from: at, until: at };
  return {
    kind: 'refused',
    reason,
    drafts: gap === null ? [] : parts.map((part) => draftOf(version, part, when, gap)),
  };
}

function contentHash(element: Element): string {
  const { meta: _, ...content } = element;
  return createHash('sha256').update(canonical(content)).digest('hex').slice(0, 32);
}

/** JSON with sorted member names, so that two servers' spellings of one content are equal. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    const element = asElement(member);
    return element === null ? member : Object.fromEntries(Object.entries(element).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
