import { useState } from 'preact/hooks';
import type { DefinitionFragment, ForecastViewFragment } from '../api/operations.ts';
import { Card, Trouble } from '../page/parts.tsx';
import { inNumbers, inUnits, withUnit } from '../page/words.ts';
import { Slide } from '../picture/display-controls.tsx';
import {
  changeableDays,
  type Draft,
  interventionsOf,
  roundStep,
  sliderOf,
  type TreatmentDraft,
  type ValueDraft,
} from './draft.ts';

type Variable = DefinitionFragment['variables'][number];

const TREATMENTS_FIRST: readonly Variable['role'][] = ['TREATMENT', 'DYNAMIC'];

interface Props {
  readonly reference: ForecastViewFragment;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  /** Rejects with what is wrong, in words. */
  readonly onAsk: (interventions: ReturnType<typeof interventionsOf>) => Promise<void>;
}

/** Doses with their days, and last values, as they might have been or might be. */
export function Editor({ reference, draft, onDraft, onAsk }: Props) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isAsking, setIsAsking] = useState(false);
  const variables = reference.twin.definition?.variables ?? [];
  const interventions = interventionsOf(draft, reference);
  const ask = async (): Promise<void> => {
    setIsAsking(true);
    try {
      await onAsk(interventions);
      setRefusal(null);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    } finally {
      setIsAsking(false);
    }
  };
  return (
    <Card title="What if" class="editor" aside={<span class="chip scenario">Scenario</span>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        {TREATMENTS_FIRST.flatMap((role) => variables.filter((variable) => variable.role === role)).map((variable) => {
          const treatment = draft.treatments[variable.key];
          const value = draft.values[variable.key];
          if (treatment !== undefined) {
            const set = (change: Partial<TreatmentDraft>): void =>
              onDraft({ ...draft, treatments: { ...draft.treatments, [variable.key]: { ...treatment, ...change } } });
            return <TreatmentFields key={variable.key} {...{ variable, reference, treatment, set }} />;
          }
          if (value === undefined) return null;
          const set = (change: Partial<ValueDraft>): void =>
            onDraft({ ...draft, values: { ...draft.values, [variable.key]: { ...value, ...change } } });
          return <ValueFields key={variable.key} {...{ variable, reference, value, set }} />;
        })}
        {refusal !== null && <Trouble message={refusal} />}
        <button type="submit" class="primary run" disabled={isAsking || interventions.length === 0}>
          {isAsking ? 'Asking…' : 'Ask'}
        </button>
      </form>
    </Card>
  );
}

interface TreatmentProps {
  readonly variable: Variable;
  readonly reference: ForecastViewFragment;
  readonly treatment: TreatmentDraft;
  readonly set: (change: Partial<TreatmentDraft>) => void;
}

function TreatmentFields({ variable: { title, unit, maximumPerDay }, reference, treatment, set }: TreatmentProps) {
  const { isChanged, amountPerDay, from, to } = treatment;
  const { first, last } = changeableDays(reference);
  const maximum = maximumPerDay ?? 1;
  return (
    <fieldset>
      <legend class="unseen">{title}</legend>
      <label class="toggle">
        <input
          type="checkbox"
          checked={isChanged}
          onChange={(event) => set({ isChanged: event.currentTarget.checked })}
        />
        {title}: another dose
      </label>
      {isChanged && (
        <>
          <Slide
            label={`Dose of ${title.toLowerCase()}`}
            text={`${inNumbers(amountPerDay)} ${inUnits(unit)} per day`}
            value={amountPerDay}
            max={maximum}
            step={roundStep(maximum / 150)}
            onInput={(value) => set({ amountPerDay: Math.min(Number(value.toPrecision(4)), maximum) })}
          />
          <div class="dates">
            <label>
              From
              <input
                type="date"
                required
                min={first}
                max={to}
                value={from}
                onInput={(event) => set({ from: event.currentTarget.value })}
              />
            </label>
            <label>
              To, included
              <input
                type="date"
                required
                min={from}
                max={last}
                value={to}
                onInput={(event) => set({ to: event.currentTarget.value })}
              />
            </label>
          </div>
        </>
      )}
    </fieldset>
  );
}

interface ValueProps {
  readonly variable: Variable;
  readonly reference: ForecastViewFragment;
  readonly value: ValueDraft;
  readonly set: (change: Partial<ValueDraft>) => void;
}

function ValueFields({ variable, reference, value: { isChanged, value }, set }: ValueProps) {
  const { key, title, unit } = variable;
  const baseline = reference.values.find((one) => one.key === key)?.baseline ?? 0;
  return (
    <fieldset>
      <legend class="unseen">{title}</legend>
      <label class="toggle">
        <input
          type="checkbox"
          checked={isChanged}
          onChange={(event) => set({ isChanged: event.currentTarget.checked })}
        />
        {title}: another last value
      </label>
      {isChanged && (
        <Slide
          label={`Last ${title.toLowerCase()}`}
          text={`${withUnit(value, unit)} (was ${inNumbers(baseline)})`}
          value={value}
          {...sliderOf(variable, baseline)}
          onInput={(next) => set({ value: next })}
        />
      )}
    </fieldset>
  );
}
