import type { DefinitionFragment, ForecastViewFragment, RunScenarioMutationVariables } from '../api/operations.ts';
import { DAY } from '../page/words.ts';

type Variable = DefinitionFragment['variables'][number];
type InterventionInput = RunScenarioMutationVariables['input']['interventions'][number];

/** What the user has set so far. Days are calendar days in UTC, as the record states them. */
export interface Draft {
  readonly treatments: Readonly<Record<string, TreatmentDraft>>;
  readonly values: Readonly<Record<string, ValueDraft>>;
}

export interface TreatmentDraft {
  readonly isChanged: boolean;
  readonly amountPerDay: number;
  readonly from: string;
  /** Included. */
  readonly to: string;
}

export interface ValueDraft {
  readonly isChanged: boolean;
  readonly value: number;
}

const dayOf = (iso: string | number): string => new Date(iso).toISOString().slice(0, 10);

/** First and last day that a change may lie in. */
export const changeableDays = ({ originAt, targetAt }: ForecastViewFragment) => ({
  first: dayOf(originAt ?? targetAt),
  last: dayOf(targetAt),
});

/** Nothing changed; the sliders stand where a change would begin. */
export function emptyDraft(reference: ForecastViewFragment): Draft {
  const variables = reference.twin.definition?.variables ?? [];
  const { first, last } = changeableDays(reference);
  const of = (role: Variable['role']) => variables.filter((variable) => variable.role === role);
  return {
    treatments: Object.fromEntries(
      of('TREATMENT').map(({ key }) => [key, { isChanged: false, amountPerDay: 0, from: first, to: last }]),
    ),
    values: Object.fromEntries(
      of('DYNAMIC').flatMap(({ key }) => {
        const baseline = reference.values.find((value) => value.key === key)?.baseline ?? null;
        return baseline === null ? [] : [[key, { isChanged: false, value: baseline }]];
      }),
    ),
  };
}

/** The changes as the API takes them: a first day begins at the last image, a last day ends at the target. */
export function interventionsOf(
  { treatments, values }: Draft,
  reference: ForecastViewFragment,
): readonly InterventionInput[] {
  const origin = Date.parse(reference.originAt ?? reference.targetAt);
  const target = Date.parse(reference.targetAt);
  return [
    ...Object.entries(treatments).flatMap(([key, { isChanged, amountPerDay, from, to }]): InterventionInput[] => {
      if (!isChanged) return [];
      const start = Math.max(Date.parse(from), origin);
      const end = Math.min(Date.parse(to) + DAY, target);
      return [
        { treatment: { key, amountPerDay, from: new Date(start).toISOString(), to: new Date(end).toISOString() } },
      ];
    }),
    ...Object.entries(values).flatMap(([key, { isChanged, value }]): InterventionInput[] =>
      isChanged ? [{ value: { key, value } }] : [],
    ),
  ];
}

/** The changes of a scenario, to go on from. */
export function draftOf(interventions: ForecastViewFragment['interventions'], empty: Draft): Draft {
  const treatments = { ...empty.treatments };
  const values = { ...empty.values };
  for (const change of interventions) {
    if (change.__typename === 'ValueIntervention') values[change.key] = { isChanged: true, value: change.value };
    else {
      const { key, amountPerDay, from, to } = change;
      treatments[key] = { isChanged: true, amountPerDay, from: dayOf(from), to: dayOf(Date.parse(to) - 1) };
    }
  }
  return { treatments, values };
}

const STEPS = 100;

/** 1, 2 or 5 times a power of ten, at least so large. */
export function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return roundTo(([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power, 2);
}

/** Ends and step of a value's slider: a quarter to four times the last value, within what is plausible. */
export function sliderOf({ plausibleRange }: Variable, baseline: number) {
  const { low, high } = plausibleRange ?? { low: -Infinity, high: Infinity };
  const min = roundTo(Math.max(Math.min(baseline / 4, baseline * 4), low), 3);
  const max = roundTo(Math.min(Math.max(baseline / 4, baseline * 4, 1), high), 3);
  return { min, max, step: roundStep((max - min) / STEPS) };
}

const roundTo = (value: number, digits: number): number => Number(value.toPrecision(digits));
