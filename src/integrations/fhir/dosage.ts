import type { TimelineBody } from '../../twins/timeline.ts';
import { dosesOf } from './dosage-timing.ts';
import { elementsOf } from './element.ts';
import type { Element } from './element.ts';
import type { FhirSpan } from './fhir-time.ts';
import { infusedAmount } from './infusion.ts';
import { doseOf } from './quantity.ts';
import { found, refused } from './refusal.ts';
import type { Attempt } from './refusal.ts';

type TreatmentBody = Extract<TimelineBody, { kind: 'treatment' }>;

/** What a Dosage amounts to over the whole of a span. */
export interface Exposure {
  readonly span: FhirSpan;
  readonly amount: number;
  readonly unit: string;
}

/**
 * Dose x number of doses, or rate x time, of one Dosage (R4 2.28). Refused where the source leaves the amount open: as
 * needed, a range of doses, several alternative doses, no end.
 * @param known the span over which it was taken, where that is stated outside of the dosage.
 * @param start from where the dosage counts where it gives only a length; null where unknown.
 */
export function exposureOf(dosage: Element, known: FhirSpan | null, start: Date | null): Attempt<Exposure> {
  if (dosage['asNeededCodeableConcept'] !== undefined || dosage['asNeededBoolean'] === true)
    return refused('as-needed');
  const alternatives = elementsOf(dosage['doseAndRate']);
  const [dose] = alternatives;
  if (dose === undefined) return refused('no-dose');
  if (alternatives.length > 1 || dose['doseRange'] !== undefined || dose['rateRange'] !== undefined) {
    return refused('ambiguous-dose');
  }
  const isRate = dose['doseQuantity'] === undefined;
  const doses = dosesOf(dosage['timing'], known, start);
  if (!doses.ok) return doses;
  const { span, count, durationMs } = doses.value;
  if (isRate && durationMs === null)
    return refused(dose['rateQuantity'] || dose['rateRatio'] ? 'open-ended' : 'no-dose');
  const each = isRate ? infusedAmount(dose, durationMs ?? 0) : doseOf(dose['doseQuantity']);
  if (!each.ok) return each;
  return found({ span, amount: Number((each.value.value * count).toPrecision(12)), unit: each.value.unit });
}

/** An exposure as the timeline tells it. */
export function treatmentOf(
  codes: TreatmentBody['codes'],
  { amount, unit }: Exposure,
  evidence: TreatmentBody['evidence'],
): TreatmentBody {
  return { kind: 'treatment', codes, amount, unit, evidence };
}

/** The part names of several dosages: the first is the resource itself, so that one dosage needs no part. */
export const dosageParts = (dosages: readonly unknown[]): (number | null)[] => [
  null,
  ...dosages.slice(1).map((_, index) => index + 2),
];
