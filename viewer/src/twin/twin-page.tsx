import '../styles/twin.css';
import '../styles/pictures.css';
import { useMemo, useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { SyncPatientDocument, TwinDocument } from '../api/operations.ts';
import { useAnswer } from '../api/use-answer.ts';
import { useTwinEvents } from '../api/use-live.ts';
import { Card, Chip, Trouble, Waiting } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { useTitle } from '../page/use-title.ts';
import { aboutPerson, ago, nameOf, TWIN_STATUS } from '../page/words.ts';
import { WorkBars } from '../work/work-bars.tsx';
import { BackTestsCard } from './back-tests-card.tsx';
import { EventsCard } from './events-card.tsx';
import { ForecastsCard } from './forecasts-card.tsx';
import { GapsCard } from './gaps-card.tsx';
import { ImageCard } from './image-card.tsx';
import { LearnedCard } from './learned-card.tsx';
import { type Stop, stopsOf, type Twin } from './stops.ts';
import { StopCard } from './stop-card.tsx';
import { TimeStack } from './time-stack.tsx';
import { useImageDisplay } from './use-image-display.ts';

/** One patient's one disease over time: images, values, treatments and forecasts, moved through together. */
export function TwinPage({ twinId }: { twinId: string }) {
  const { data, error, reload } = useAnswer(TwinDocument, { id: twinId });
  const events = useTwinEvents(twinId, reload);
  const twin = data?.diseaseTwin ?? null;
  if (data !== null && twin === null) return <Trouble message="There is no such twin in your hospital." />;
  return (
    <>
      {error !== null && <Trouble message={error} />}
      {twin === null ? (
        error === null && <Waiting what="Reading the twin" />
      ) : (
        <TwinView {...{ twin, events, reload }} />
      )}
    </>
  );
}

interface ViewProps {
  readonly twin: Twin;
  readonly events: ReturnType<typeof useTwinEvents>;
  readonly reload: () => void;
}

function TwinView({ twin, events, reload }: ViewProps) {
  const stops = useMemo(() => stopsOf(twin), [twin]);
  const [at, setAt] = useStop(stops);
  const images = useImageDisplay(twin, stops, at);
  const stop = stops[at];
  // Does not depend on where the slider stands, and need not be looked at again when it moves.
  const whole = useMemo(
    () => (
      <>
        <ForecastsCard twin={twin} />
        <GapsCard twin={twin} />
        <BackTestsCard twin={twin} />
        <LearnedCard twin={twin} />
      </>
    ),
    [twin],
  );
  return (
    <>
      <TwinHead twin={twin} />
      <WorkBars jobs={[...twin.jobs, ...twin.patient.jobs]} onEnd={reload} />
      {stop === undefined ? (
        <Card title="Over time">
          <p class="none">
            No visit with an image is known yet. It appears here as soon as the picture archive gives it.
          </p>
        </Card>
      ) : (
        <div class="twin-top">
          <ImageCard {...{ twin, stop, stops, images }} />
          <Card title="Over time" aside={<Legend />}>
            <TimeStack {...{ twin, stops, at }} onMove={setAt} display={images.settled} />
          </Card>
        </div>
      )}
      <div class="columns">
        {stop !== undefined && <StopCard {...{ twin, stop, stops }} />}
        {whole}
        <EventsCard events={events} />
      </div>
    </>
  );
}

/** The newest stop, until the user goes to another one; who is at the end stays there when something new comes. */
function useStop(stops: readonly Stop[]): readonly [number, (index: number) => void] {
  const [chosen, setChosen] = useState<number | null>(null);
  const last = stops.length - 1;
  const move = useMemo(() => (index: number) => setChosen(index >= last ? null : index), [last]);
  return [chosen === null ? Math.max(last, 0) : Math.min(chosen, Math.max(last, 0)), move];
}

const Legend = () => (
  <p class="legend" aria-label="Legend">
    <span>measured</span>
    <span class="is-forecast">forecast with its 90 % interval</span>
    <span class="is-past">forecast made earlier</span>
    <span class="is-dose">treatment</span>
  </p>
);

function TwinHead({ twin }: { twin: Twin }) {
  const { patient, definition, disease, status, statusReason } = twin;
  const { label, tone } = TWIN_STATUS[status];
  useTitle(nameOf(patient));
  return (
    <div class="page-head">
      <div class="title">
        <p class="crumbs">
          <Link href="/">Patients</Link> / {definition?.title ?? disease}
        </p>
        <h1>{nameOf(patient)}</h1>
        <p class="about">
          {aboutPerson(patient)} <Chip tone={tone}>{label}</Chip>{' '}
          {patient.syncedAt !== null && <small>record read {ago(patient.syncedAt)}</small>}
        </p>
        {statusReason !== null && <p class="about">{statusReason}</p>}
      </div>
      <div class="actions">
        <ReadAgain patientId={patient.id} />
        <Link class="button" href={`/twins/${twin.id}/record`}>
          Whole record
        </Link>
      </div>
    </div>
  );
}

function ReadAgain({ patientId }: { patientId: string }) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const sync = async (): Promise<void> => {
    try {
      const { syncPatient: answer } = await ask(SyncPatientDocument, { patientId });
      setRefusal(answer.__typename === 'Refusal' ? answer.message : null);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <>
      {refusal !== null && <Trouble message={refusal} />}
      <button type="button" onClick={() => void sync()}>
        Read record again
      </button>
    </>
  );
}
