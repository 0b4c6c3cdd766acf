import '../styles/twin.css';
import '../styles/pictures.css';
import '../styles/forecast.css';
import { ForecastDocument, type ForecastViewFragment } from '../api/operations.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useTwinEvents } from '../api/use-live.ts';
import { Card, Chip, Trouble, Waiting } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { useTitle } from '../page/use-title.ts';
import { FORECAST_STATUS, inDays, nameOf } from '../page/words.ts';
import { WorkBars } from '../work/work-bars.tsx';
import { DoseResponseCard } from './dose-response-card.tsx';
import { ForecastPictures } from './forecast-pictures.tsx';
import { OutcomeCard } from './outcome-card.tsx';
import { OverlapNote } from './overlap-note.tsx';
import { ProvenanceCard } from './provenance-card.tsx';
import { describeForecast } from './sentences.ts';
import { ValuesCard } from './values-card.tsx';

/** What one forecast says, how sure it is, and what it was made from. */
export function ForecastPage({ forecastId }: { forecastId: string }) {
  const { data, error, reload } = useAnswer(ForecastDocument, { id: forecastId });
  const forecast = data?.forecast ?? null;
  if (data !== null && forecast === null) return <Trouble message="There is no such forecast in your hospital." />;
  return (
    <>
      {error !== null && <Trouble message={error} />}
      {forecast === null ? (
        error === null && <Waiting what="Reading the forecast" />
      ) : (
        <ForecastView key={forecast.id} {...{ forecast, reload }} />
      )}
    </>
  );
}

function ForecastView({ forecast, reload }: { forecast: ForecastViewFragment; reload: () => void }) {
  useTwinEvents(forecast.twin.id, reload);
  const variables = forecast.twin.definition?.variables ?? [];
  return (
    <>
      <ForecastHead forecast={forecast} />
      <WorkBars jobs={forecast.jobs} onEnd={reload} />
      <Card title="In short" class="in-short">
        {describeForecast(forecast, variables).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        <OverlapNote overlap={forecast.overlap} />
      </Card>
      {forecast.image !== null && <ForecastPictures forecast={forecast} image={forecast.image} />}
      {forecast.values.length + (forecast.image?.lesions.length ?? 0) > 0 && <ValuesCard forecast={forecast} />}
      <DoseResponseCard forecast={forecast} />
      <div class="columns side-by-side">
        {forecast.backTest !== null && <OutcomeCard forecast={forecast} backTest={forecast.backTest} />}
        <ProvenanceCard forecast={forecast} />
      </div>
    </>
  );
}

function ForecastHead({ forecast }: { forecast: ForecastViewFragment }) {
  const { id, twin, targetAt, status, statusReason, reference, name } = forecast;
  const { label, tone } = FORECAST_STATUS[status];
  useTitle(`Forecast for ${inDays(targetAt)}, ${nameOf(twin.patient)}`);
  return (
    <div class="page-head">
      <div class="title">
        <p class="crumbs">
          <Link href="/">Patients</Link> / <Link href={`/twins/${twin.id}`}>{nameOf(twin.patient)}</Link>
        </p>
        <h1>
          {reference === null ? 'Forecast' : (name ?? 'What-if')} for {inDays(targetAt)}
        </h1>
        <p class="about">
          <Chip tone={tone}>{label}</Chip> {statusReason}
        </p>
      </div>
      <div class="actions">
        <Link class="button" href={`/twins/${twin.id}`}>
          Patient over time
        </Link>
        <Link
          class="button primary"
          href={reference === null ? `/forecasts/${id}/what-if` : `/forecasts/${reference.id}/what-if?with=${id}`}
        >
          Ask what if
        </Link>
      </div>
    </div>
  );
}
