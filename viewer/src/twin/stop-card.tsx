import type { VisitViewFragment } from '../api/operations.ts';
import { Card, Chip } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { bound, days, inDays, inNumbers, REGISTRATION_VERDICT, withUnit } from '../page/words.ts';
import { describeForecast } from '../forecast/sentences.ts';
import { BackTestButton } from './back-test-button.tsx';
import { AlignmentQuality } from './alignment-quality.tsx';
import { describeStop, type Stop, type Twin } from './stops.ts';

interface Props {
  readonly twin: Twin;
  readonly stop: Stop;
  readonly stops: readonly Stop[];
}

/** What there is to say of where the slider stands. */
export function StopCard({ twin, stop, stops }: Props) {
  if (stop.kind === 'visit') return <VisitCard {...{ twin, stops }} stop={stop} visit={stop.visit} />;
  const { forecast } = stop;
  return (
    <Card title={describeStop(stop, stops)} class="stop-card" aside={<span class="chip forecast">Forecast</span>}>
      <ul class="plain">
        {describeForecast(forecast, twin.definition?.variables ?? []).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <p class="image-bar">
        <Link class="button primary" href={`/forecasts/${forecast.id}`}>
          Open forecast
        </Link>
        <Link class="button" href={`/forecasts/${forecast.id}/what-if`}>
          Ask what if
        </Link>
      </p>
    </Card>
  );
}

function VisitCard({ twin, stop, stops, visit }: Props & { visit: VisitViewFragment }) {
  const { registration, intervalDays, entry } = visit;
  const variables = new Map((twin.definition?.variables ?? []).map((variable) => [variable.key, variable]));
  const titleOf = (key: string): string => variables.get(key)?.title ?? key;
  const unitOf = (key: string): string | null => variables.get(key)?.unit ?? null;
  const { body } = entry;
  return (
    <Card title={describeStop(stop, stops)} class="stop-card" aside={<VerdictChip visit={visit} />}>
      <div class="facts-wide">
        {registration !== null && (
          <AlignmentQuality registration={registration} plan={twin.definition?.registration ?? null} />
        )}
        <dl class="facts">
          {intervalDays !== null && (
            <>
              <dt>Since before</dt>
              <dd>{days(intervalDays)}</dd>
            </>
          )}
          <dt>Image</dt>
          <dd>
            {body.__typename === 'AcquiredImage' && `${body.modality} ${body.seriesDescription ?? ''} `}
            <Link href={`/twins/${twin.id}/record#${entry.id}`}>source</Link>
            {body.__typename === 'AcquiredImage' &&
              body.caveats.map((caveat) => (
                <small key={caveat}>
                  <br />
                  {caveat}
                </small>
              ))}
          </dd>
          {visit.values.map(
            ({ variable: { key }, status, value, bound: limit, comparator, ageDays, reason, entry: source }) => (
              <Fact key={key} title={titleOf(key)}>
                {status === 'MISSING' ? (
                  <span class="none">not known: {reason}</span>
                ) : (
                  <>
                    {value === null
                      ? `${bound(comparator)} ${withUnit(limit ?? 0, unitOf(key))}`
                      : withUnit(value, unitOf(key))}{' '}
                    {(ageDays ?? 0) >= 1 && <small>measured {days(ageDays ?? 0)} before </small>}
                    {source !== null && <Link href={`/twins/${twin.id}/record#${source.id}`}>source</Link>}
                  </>
                )}
              </Fact>
            ),
          )}
          {visit.exposures.map(({ variable: { key }, amount, unusable }) => (
            <Fact key={key} title={titleOf(key)}>
              {withUnit(amount, unitOf(key))} <small>since the visit before</small>
              {unusable.map(({ reason }) => (
                <small key={reason}>
                  <br />
                  not counted: {reason}
                </small>
              ))}
            </Fact>
          ))}
          {visit.statics.map(({ variable: { key }, number, category, reason }) => (
            <Fact key={key} title={titleOf(key)}>
              {category ??
                (number === null ? (
                  <span class="none">not known: {reason}</span>
                ) : (
                  `${inNumbers(Math.round(number * 10) / 10)} ${key === 'age' ? 'years' : (unitOf(key) ?? '')}`
                ))}
            </Fact>
          ))}
        </dl>
        <BackTestButton {...{ twin, visit }} />
      </div>
    </Card>
  );
}

const Fact = ({ title, children }: { title: string; children: preact.ComponentChildren }) => (
  <>
    <dt>{title}</dt>
    <dd>{children}</dd>
  </>
);

function VerdictChip({ visit: { registration, isReference, occurredAt } }: { visit: VisitViewFragment }) {
  if (isReference) return <Chip tone="quiet">Reference</Chip>;
  if (registration === null) return <Chip tone="busy">Not aligned yet</Chip>;
  const { label, tone } = REGISTRATION_VERDICT[registration.verdict];
  return (
    <span title={inDays(occurredAt)}>
      <Chip tone={tone}>{label}</Chip>
    </span>
  );
}
