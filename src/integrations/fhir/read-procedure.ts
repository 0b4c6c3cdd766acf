import type { TimelineBody } from '../../twins/timeline.ts';
import { codingsOf } from './coding.ts';
import { effectiveTime } from './effective-time.ts';
import { elementsOf, textOf } from './element.ts';
import type { Element } from './element.ts';
import { doseOf } from './quantity.ts';
import { gapOf } from './refusal.ts';
import type { Reading } from './refusal.ts';
import { draftOf, refusalOf, retractionOf, versionOf } from './resource-version.ts';

/** mCODE STU 2 and later: the dose that radiotherapy delivered to one volume, with `totalDoseDelivered` inside. */
const DOSE_DELIVERED_TO_VOLUME =
  'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-dose-delivered-to-volume';
const DOSE_PART = 'dose';

/**
 * Reads an R4 Procedure that took place (`completed`). `entered-in-error` and `not-done` retract.
 *
 * A radiotherapy dose is told beside it as the treatment `Procedure/id#dose` where the mCODE extension states exactly one
 * for exactly one volume. Doses to several volumes are a gap: they do not add up to anything.
 */
export function readProcedure(resource: unknown, readAt: Date): Reading {
  const named = versionOf(resource, 'Procedure');
  if (!named.ok) return { kind: 'refused', reason: named.reason, drafts: [] };
  const { element, version } = named.value;
  const volumes = elementsOf(element['extension']).filter((extension) => extension['url'] === DOSE_DELIVERED_TO_VOLUME);
  const parts = volumes.length > 0 ? [null, DOSE_PART] : [null];
  const status = textOf(element['status']);
  switch (status) {
    case 'completed':
      break;
    case 'entered-in-error':
    case 'not-done':
      return retractionOf(version, parts, status, readAt);
    case 'preparation':
      return refusalOf(version, parts, 'procedure', 'only-planned', readAt);
    case 'in-progress':
      return refusalOf(version, parts, 'procedure', 'not-yet-available', readAt);
    case 'stopped':
    case 'on-hold':
      return refusalOf(version, parts, 'procedure', 'stopped-midway', readAt);
    case null:
      return refusalOf(version, parts, 'procedure', 'no-status', readAt);
    default:
      return refusalOf(version, parts, 'procedure', 'unknown-status', readAt);
  }
  const codes = codingsOf(element['code']);
  if (codes.length === 0) return refusalOf(version, parts, 'procedure', 'no-code', readAt);
  const time = effectiveTime(element, 'performed', version.issuedAt);
  if (!time.ok) return refusalOf(version, parts, 'procedure', time.reason, readAt);
  const drafts = [draftOf(version, null, time.value, { kind: 'procedure', codes })];
  if (volumes.length > 0) drafts.push(draftOf(version, DOSE_PART, time.value, doseBody(volumes, codes)));
  return { kind: 'drafts', drafts };
}

function doseBody(volumes: readonly Element[], codes: ReturnType<typeof codingsOf>): TimelineBody {
  const ambiguous = gapOf('treatment', 'ambiguous-dose')!;
  const totals = volumes.flatMap((volume) =>
    elementsOf(volume['extension']).filter((extension) => extension['url'] === 'totalDoseDelivered'),
  );
  const [total] = totals;
  if (volumes.length !== 1 || totals.length > 1) return ambiguous;
  const dose = doseOf(total?.['valueQuantity']);
  if (!dose.ok) return gapOf('treatment', dose.reason) ?? ambiguous;
  const { value, unit } = dose.value;
  return { kind: 'treatment', codes, amount: value, unit, evidence: 'administration' };
}
