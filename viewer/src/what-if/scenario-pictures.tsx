import { useMemo, useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { type ForecastViewFragment, NameScenarioDocument } from '../api/operations.ts';
import { OverlapNote } from '../forecast/overlap-note.tsx';
import { describeInterventions } from '../forecast/sentences.ts';
import { Card, Chip, Trouble } from '../page/parts.tsx';
import { FORECAST_STATUS, inDays, inNumbers } from '../page/words.ts';
import { DisplayControls } from '../picture/display-controls.tsx';
import { rangeOf, sliceCount, usualDisplay } from '../picture/display.ts';
import { View } from '../picture/view.tsx';
import { createLinkedViews } from '../picture/viewport.ts';
import type { Scenario } from './use-scenarios.ts';

interface Props {
  readonly reference: ForecastViewFragment;
  readonly scenarios: readonly Scenario[];
  readonly onNamed: () => void;
  readonly onRemove: (id: string) => void;
  readonly onEdit: (interventions: ForecastViewFragment['interventions']) => void;
}

/** The plan and each scenario side by side, and under each scenario what it changes. */
export function ScenarioPictures({ reference, scenarios, onNamed, onRemove, onEdit }: Props) {
  const image = reference.image?.image ?? null;
  const usual = useMemo(() => usualDisplay(image), [image?.sha256]);
  const [display, setDisplay] = useState(usual);
  const [isOverlaid, setIsOverlaid] = useState(true);
  const views = useMemo(createLinkedViews, []);
  const slices = image === null ? 1 : sliceCount(image);
  const onScroll = (step: number): void =>
    setDisplay({ ...display, slice: Math.min(Math.max(display.slice + step, 0), slices - 1) });
  const shared = { display, views, onScroll };
  const target = inDays(reference.targetAt);
  return (
    <Card
      title={`Images for ${target}`}
      aside={
        <label class="toggle">
          <input
            type="checkbox"
            checked={isOverlaid}
            onChange={(event) => setIsOverlaid(event.currentTarget.checked)}
          />
          Colours on
        </label>
      }
    >
      <div class="compared" role="group" aria-label="Plan and scenarios side by side" tabIndex={0}>
        <section class="column" aria-label="Under the plan">
          <header>
            <h3>Under the plan</h3>
            <span>
              <span class="chip forecast">Forecast, not acquired</span>
            </span>
          </header>
          {image === null ? (
            <p class="missing-picture">This forecast has no image.</p>
          ) : (
            <View
              {...shared}
              class="predicted"
              picture={image}
              title={target}
              detail=""
              label={`Forecast image for ${target} under the plan, not acquired`}
            />
          )}
        </section>
        {scenarios.length === 0 && (
          <section class="column">
            <p class="missing-picture">Change a dose or a value and ask. The answer appears here, beside the plan.</p>
          </section>
        )}
        {scenarios.map((scenario, index) => (
          <section key={scenario.forecast.id} class="column" aria-label={titleOf(scenario.forecast, index)}>
            <ScenarioHead {...{ scenario, onNamed, onRemove, onEdit }} title={titleOf(scenario.forecast, index)} />
            <ScenarioViews {...{ scenario, shared, isOverlaid }} title={titleOf(scenario.forecast, index)} />
          </section>
        ))}
      </div>
      {image !== null && (
        <DisplayControls {...{ display, usual, slices, views }} range={rangeOf(image)} onChange={setDisplay} />
      )}
    </Card>
  );
}

/** A scenario that has no name yet is called by its place. */
export const titleOf = ({ name }: ForecastViewFragment, index: number): string => name ?? `Scenario ${index + 1}`;

function ScenarioViews({
  scenario: { forecast, comparison },
  shared,
  isOverlaid,
  title,
}: {
  title: string;
  scenario: Scenario;
  shared: Pick<Parameters<typeof View>[0], 'display' | 'views' | 'onScroll'>;
  isOverlaid: boolean;
}) {
  const picture = forecast.image?.image ?? null;
  if (picture === null) return <p class="missing-picture">{FORECAST_STATUS[forecast.status].label}…</p>;
  const difference = comparison?.image ?? null;
  return (
    <>
      <View
        {...shared}
        class="scenario"
        picture={picture}
        title={inDays(forecast.targetAt)}
        detail=""
        label={`${title}: forecast image, not acquired`}
      />
      {difference !== null && (
        <View
          {...shared}
          class="scenario"
          picture={picture}
          overlay={{
            picture: difference.image,
            kind: 'change',
            isShown: isOverlaid,
            highest: difference.maximumAbsoluteDifference,
          }}
          title="Scenario minus plan"
          detail={difference.isIdentical ? 'no difference' : `mean ${inNumbers(difference.meanAbsoluteDifference)}`}
          label={`${title}: difference from the plan in colour, not acquired`}
        />
      )}
    </>
  );
}

type HeadProps = Pick<Props, 'onNamed' | 'onRemove' | 'onEdit'> & {
  readonly scenario: Scenario;
  readonly title: string;
};

function ScenarioHead({ scenario: { forecast }, title, onNamed, onRemove, onEdit }: HeadProps) {
  const { id, status, statusReason, interventions, twin, name } = forecast;
  const { label, tone } = FORECAST_STATUS[status];
  const [written, setWritten] = useState(name ?? '');
  const [refusal, setRefusal] = useState<string | null>(null);
  const keep = async (): Promise<void> => {
    try {
      const { nameScenario: answer } = await ask(NameScenarioDocument, { id, name: written.trim() || null });
      setRefusal(answer.__typename === 'Refusal' ? answer.message : null);
      onNamed();
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <header>
      <h3>{title}</h3>
      <small>{describeInterventions(interventions, twin.definition?.variables ?? [])}</small>
      <span>
        {tone === 'good' ? <span class="chip scenario">Scenario, not acquired</span> : <Chip tone={tone}>{label}</Chip>}{' '}
        {statusReason !== null && <small>{statusReason}</small>}
      </span>
      <OverlapNote overlap={forecast.overlap} />
      <form
        class="keep"
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <input
          aria-label="Name of the scenario"
          placeholder="Name to keep it"
          maxLength={80}
          value={written}
          onInput={(event) => setWritten(event.currentTarget.value)}
        />
        <button type="submit" disabled={written.trim() === (name ?? '')}>
          Keep
        </button>
      </form>
      {refusal !== null && <Trouble message={refusal} />}
      <span>
        <button type="button" class="quiet" onClick={() => onEdit(interventions)}>
          Go on from it
        </button>
        <button type="button" class="quiet" onClick={() => onRemove(id)}>
          Take away
        </button>
      </span>
    </header>
  );
}
