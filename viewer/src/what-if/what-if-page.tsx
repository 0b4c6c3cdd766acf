import '../styles/twin.css';
import '../styles/pictures.css';
import '../styles/forecast.css';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { ForecastDocument, type ForecastViewFragment, RunScenarioDocument } from '../api/operations.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useTwinEvents } from '../api/use-live.ts';
import { CopyButton } from '../forecast/copy-button.tsx';
import { describeInterventions } from '../forecast/sentences.ts';
import { Card, Trouble, Waiting } from '../page/parts.tsx';
import { address, goTo, Link } from '../page/router.tsx';
import { useStore } from '../page/store.ts';
import { useTitle } from '../page/use-title.ts';
import { inDays, nameOf } from '../page/words.ts';
import { WorkBars } from '../work/work-bars.tsx';
import { draftOf, emptyDraft } from './draft.ts';
import { Editor } from './editor.tsx';
import { ScenarioPictures } from './scenario-pictures.tsx';
import { ScenarioValues } from './scenario-values.tsx';
import { useScenarios } from './use-scenarios.ts';

const MOST = 4;

/** Other doses and values beside the plan: asked, kept under names, compared and shared. */
export function WhatIfPage({ forecastId }: { forecastId: string }) {
  const { data, error, reload } = useAnswer(ForecastDocument, { id: forecastId });
  const forecast = data?.forecast ?? null;
  const referenceId = forecast?.reference?.id;
  useEffect(() => {
    if (referenceId !== undefined) goTo(`/forecasts/${referenceId}/what-if?with=${forecastId}`, { replace: true });
  }, [referenceId]);
  if (data !== null && forecast === null) return <Trouble message="There is no such forecast in your hospital." />;
  if (error !== null && forecast === null) return <Trouble message={error} />;
  if (forecast === null || referenceId !== undefined) return <Waiting what="Reading the forecast" />;
  return <WhatIf reference={forecast} onNews={reload} />;
}

function WhatIf({ reference, onNews }: { reference: ForecastViewFragment; onNews: () => void }) {
  const { searchParams } = useStore(address);
  useTitle(`What if, ${nameOf(reference.twin.patient)}`);
  const ids = (searchParams.get('with') ?? '')
    .split(',')
    .filter((id) => id !== '')
    .slice(0, MOST);
  const compare = (next: readonly string[]): void =>
    goTo(`/forecasts/${reference.id}/what-if${next.length === 0 ? '' : `?with=${next.join(',')}`}`, { replace: true });
  const [news, setNews] = useState(0);
  useTwinEvents(reference.twin.id, () => {
    setNews((before) => before + 1);
    onNews();
  });
  const { scenarios, error, reload } = useScenarios(reference.id, ids, news);
  const empty = useMemo(() => emptyDraft(reference), [reference.id]);
  const [draft, setDraft] = useState(empty);
  const change = (): void => {
    reload();
    onNews();
  };
  return (
    <>
      <div class="page-head">
        <div class="title">
          <p class="crumbs">
            <Link href="/">Patients</Link> /{' '}
            <Link href={`/twins/${reference.twin.id}`}>{nameOf(reference.twin.patient)}</Link> /{' '}
            <Link href={`/forecasts/${reference.id}`}>Forecast for {inDays(reference.targetAt)}</Link>
          </p>
          <h1>What if</h1>
          <p class="about">
            The same knowledge, target, model and seed as the forecast for {inDays(reference.targetAt)}, under other
            conditions.
          </p>
        </div>
        <div class="actions share">
          <CopyButton text={location.href} what="link to this comparison" />
        </div>
      </div>
      <div class="what-if">
        <div class="results">
          <Editor
            {...{ reference, draft }}
            onDraft={setDraft}
            onAsk={async (interventions) => {
              const { runScenario: answer } = await ask(RunScenarioDocument, {
                input: { forecastId: reference.id, interventions },
              });
              if (answer.__typename === 'Refusal') throw new Error(answer.message);
              compare([...ids.slice(0, MOST - 1), answer.forecast.id]);
            }}
          />
          <Saved {...{ reference, ids, compare }} />
        </div>
        <div class="results">
          {error !== null && <Trouble message={error} />}
          <WorkBars jobs={scenarios.flatMap(({ forecast }) => forecast.jobs)} onEnd={change} />
          <ScenarioPictures
            {...{ reference, scenarios }}
            onNamed={change}
            onRemove={(id) => compare(ids.filter((one) => one !== id))}
            onEdit={(interventions) => setDraft(draftOf(interventions, empty))}
          />
          <ScenarioValues {...{ reference, scenarios }} />
        </div>
      </div>
    </>
  );
}

interface SavedProps {
  readonly reference: ForecastViewFragment;
  readonly ids: readonly string[];
  readonly compare: (ids: readonly string[]) => void;
}

/** What was kept under a name; up to four are compared. */
function Saved({ reference: { namedScenarios, twin }, ids, compare }: SavedProps) {
  return (
    <Card title="Kept scenarios" class="saved" aside={<small>up to {MOST} compared</small>}>
      {namedScenarios.length === 0 && (
        <p class="none">Give a scenario a name to keep it here, for everybody in your hospital.</p>
      )}
      <ul class="plain">
        {namedScenarios.map(({ id, name, interventions }) => {
          const isShown = ids.includes(id);
          return (
            <li key={id}>
              <label class="toggle">
                <input
                  type="checkbox"
                  checked={isShown}
                  disabled={!isShown && ids.length >= MOST}
                  onChange={() => compare(isShown ? ids.filter((one) => one !== id) : [...ids, id])}
                />
                <span>
                  <strong>{name}</strong>
                  <br />
                  <small>{describeInterventions(interventions, twin.definition?.variables ?? [])}</small>
                </span>
              </label>
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
