import { useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { type ForecastOutlineFragment, RequestForecastDocument } from '../api/operations.ts';
import { describeInterventions } from '../forecast/sentences.ts';
import { Card, Chip, Trouble } from '../page/parts.tsx';
import { goTo, Link } from '../page/router.tsx';
import { ago, days, FORECAST_STATUS, inDays } from '../page/words.ts';
import type { Twin } from './stops.ts';

const SHOWN = 6;

/** The forecasts so far, newest first, and the way to the next. */
export function ForecastsCard({ twin }: { twin: Twin }) {
  const [isWhole, setIsWhole] = useState(false);
  const { nodes } = twin.forecasts;
  return (
    <Card title="Forecasts" aside={<small>newest first</small>}>
      <ul class="plain forecast-list">
        {nodes.slice(0, isWhole ? nodes.length : SHOWN).map((forecast) => (
          <li key={forecast.id}>
            <Link href={hrefOf(forecast)}>
              {forecast.reference === null ? 'Forecast' : (forecast.name ?? 'What-if')} for {inDays(forecast.targetAt)}
            </Link>
            <Chip tone={FORECAST_STATUS[forecast.status].tone}>{FORECAST_STATUS[forecast.status].label}</Chip>
            <small>
              asked {ago(forecast.createdAt)}
              {forecast.reference !== null &&
                ` · ${describeInterventions(forecast.interventions, twin.definition?.variables ?? [])}`}
              {forecast.status === 'FAILED' && ` · ${forecast.statusReason}`}
            </small>
          </li>
        ))}
      </ul>
      {nodes.length === 0 && <p class="none">None yet.</p>}
      {nodes.length > SHOWN && (
        <button type="button" class="quiet" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${nodes.length}`}
        </button>
      )}
      <AskForecast twin={twin} />
    </Card>
  );
}

const hrefOf = ({ id, reference }: ForecastOutlineFragment): string =>
  reference === null ? `/forecasts/${id}` : `/forecasts/${reference.id}/what-if?with=${id}`;

function AskForecast({ twin: { id, definition, visits } }: { twin: Twin }) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const [horizon, setHorizon] = useState(definition?.defaultHorizonDays ?? 30);
  const maximum = definition?.maximumHorizonDays ?? 365;
  const last = visits.at(-1);
  const request = async (): Promise<void> => {
    try {
      const { requestForecast: answer } = await ask(RequestForecastDocument, {
        input: { twinId: id, horizonDays: horizon },
      });
      if (answer.__typename === 'Refusal') setRefusal(answer.message);
      else goTo(`/forecasts/${answer.forecast.id}`);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form
      class="ask"
      onSubmit={(event) => {
        event.preventDefault();
        void request();
      }}
    >
      <label>
        Days after the last visit{last === undefined ? '' : ` (${inDays(last.occurredAt)})`}
        <input
          type="number"
          required
          min={0}
          max={maximum}
          step="any"
          value={horizon}
          onInput={(event) => setHorizon(event.currentTarget.valueAsNumber)}
        />
      </label>
      <button type="submit" class="primary">
        Forecast {Number.isFinite(horizon) ? days(horizon) : ''} ahead
      </button>
      {refusal !== null && <Trouble message={refusal} />}
    </form>
  );
}
