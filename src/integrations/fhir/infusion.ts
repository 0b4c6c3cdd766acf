import { asElement } from './element.ts';
import { amountOf, doseOf } from './quantity.ts';
import type { Amount } from './quantity.ts';
import { found, refused } from './refusal.ts';
import type { Attempt } from './refusal.ts';

/** UCUM units of time that a rate may be given per. */
const MS_PER: Readonly<Record<string, number>> = {
  s: 1000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  wk: 7 * 86_400_000,
};

/** The milliseconds of a UCUM unit of time up to the week; null for others (months and years have no fixed length). */
export const millisecondsPer = (unit: string): number | null => (Object.hasOwn(MS_PER, unit) ? MS_PER[unit]! : null);

/**
 * The total amount of an infusion: rate x time. The rate is a Quantity per time (`mg/h`) or a Ratio of an amount to a
 * time; any other form is refused.
 * @param dosage holds `rateQuantity` or `rateRatio`.
 */
export function infusedAmount(dosage: Readonly<Record<string, unknown>>, durationMs: number): Attempt<Amount> {
  if (dosage['rateQuantity'] !== undefined) {
    const rate = doseOf(dosage['rateQuantity']);
    if (!rate.ok) return rate;
    const match = /^(.+)\/(s|min|h|d|wk)$/.exec(rate.value.unit);
    const perMs = millisecondsPer(match?.[2] ?? '');
    return match?.[1] === undefined || perMs === null
      ? refused('ambiguous-dose')
      : total(rate.value.value, match[1], durationMs / perMs);
  }
  const ratio = asElement(dosage['rateRatio']);
  if (ratio === null) return refused('no-dose');
  const numerator = doseOf(ratio['numerator']);
  if (!numerator.ok) return numerator;
  const denominator = amountOf(ratio['denominator']);
  if (!denominator.ok) return denominator;
  const perMs = millisecondsPer(denominator.value.unit);
  return perMs === null || !(denominator.value.value > 0) || denominator.value.comparator !== null
    ? refused('ambiguous-dose')
    : total(numerator.value.value, numerator.value.unit, durationMs / (perMs * denominator.value.value));
}

function total(perTime: number, unit: string, times: number): Attempt<Amount> {
  // Spans end a millisecond before the next begins: without rounding, a day of 1 mg/h would not be 24 mg.
  return found({ value: perTime * roundCount(times), unit, comparator: null });
}

/** A count that may be a fraction, without the dust that inclusive ends leave. */
export const roundCount = (count: number): number => Number(count.toFixed(6));
