import type { ObservationBody } from '../../twins/timeline.ts';
import { asElement, numberOf, textOf } from './element.ts';
import { found, refused } from './refusal.ts';
import type { Attempt } from './refusal.ts';
import { ucumUnitOf } from './unit-aliases.ts';
import { isUcumUnit } from './unit-converter.ts';

/** A number with its UCUM unit. */
export interface Amount {
  readonly value: number;
  readonly unit: string;
  readonly comparator: ObservationBody['comparator'];
}

const COMPARATORS = ['<', '<=', '>=', '>'] as const;

/** Reads a Quantity (R4 2.24.0.9). A number written as text, and a unit that is not certain, are refused. */
export function amountOf(quantity: unknown): Attempt<Amount> {
  const element = asElement(quantity);
  if (element === null) return refused('no-value');
  const value = numberOf(element['value']);
  if (value === null) return refused(element['value'] === undefined ? 'no-value' : 'unreadable-number');
  const stated = element['comparator'];
  const comparator = COMPARATORS.find((one) => one === stated) ?? null;
  if (stated !== undefined && comparator === null) return refused('unreadable-number');
  const named = { system: textOf(element['system']), code: textOf(element['code']), unit: textOf(element['unit']) };
  if (named.code === null && named.unit === null) return refused('no-unit');
  const unit = ucumUnitOf(named, isUcumUnit);
  return unit === null ? refused('unknown-unit') : found({ value, unit, comparator });
}

/** A dose: an exact amount, never negative. */
export function doseOf(quantity: unknown): Attempt<Amount> {
  const amount = amountOf(quantity);
  if (!amount.ok) return amount.reason === 'no-value' ? refused('no-dose') : amount;
  if (amount.value.comparator !== null) return refused('ambiguous-dose');
  return amount.value.value < 0 ? refused('unreadable-number') : amount;
}
