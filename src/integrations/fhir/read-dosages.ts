import type { Coding, TreatmentBody } from '../../twins/timeline.ts';
import { dosageParts, exposureOf, treatmentOf } from './dosage.ts';
import type { Element } from './element.ts';
import type { FhirSpan } from './fhir-time.ts';
import { gapOf } from './refusal.ts';
import type { Reading, Refusal } from './refusal.ts';
import { draftOf, refusalOf } from './resource-version.ts';
import type { ResourceVersion } from './resource-version.ts';

/** One draft per dosage: `MedicationRequest/id` for the first, `#2`, `#3`, ... for the others; unreadable ones as gaps. */
export function readDosages(
  version: ResourceVersion,
  dosages: readonly Element[],
  codes: readonly Coding[],
  evidence: TreatmentBody['evidence'],
  times: { readonly known: FhirSpan | null; readonly start: Date | null; readonly readAt: Date },
): Reading {
  if (dosages.length === 0) {
    return refusalOf(version, [null], 'treatment', 'no-dose', times.readAt, times.known);
  }
  let refusal: Refusal | null = null;
  let isUsable = false;
  const at = times.start ?? version.issuedAt ?? times.readAt;
  const parts = dosageParts(dosages);
  const drafts = dosages.flatMap((dosage, index) => {
    const part = parts[index] ?? null;
    const exposure = exposureOf(dosage, times.known, times.start);
    if (exposure.ok) {
      isUsable = true;
      return [draftOf(version, part, exposure.value.span, treatmentOf(codes, exposure.value, evidence))];
    }
    refusal ??= exposure.reason;
    const gap = gapOf('treatment', exposure.reason);
    return gap === null ? [] : [draftOf(version, part, times.known ?? { from: at, until: at }, gap)];
  });
  return isUsable || refusal === null ? { kind: 'drafts', drafts } : { kind: 'refused', reason: refusal, drafts };
}
