import type { TwinOutlineFragment } from '../api/operations.ts';
import { Chip } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { aboutPerson, ago, FORECAST_STATUS, inDays, inMoments, nameOf, TWIN_STATUS } from '../page/words.ts';
import { MakeTwin } from './make-twin.tsx';
import type { Diseases, Patient } from './use-patients.ts';

/** A patient with a line for each twin. */
export function PatientRows({ patient, diseases }: { patient: Patient; diseases: Diseases }) {
  const { twins } = patient;
  const rows = Math.max(twins.length, 1);
  const who = (
    <th scope="row" rowSpan={rows}>
      {twins[0] === undefined ? (
        <span class="name">{nameOf(patient)}</span>
      ) : (
        <Link href={`/twins/${twins[0].id}`} class="name">
          {nameOf(patient)}
        </Link>
      )}
      <small>
        {aboutPerson(patient)}
        {patient.replacedByFhirId !== null && ' · merged into another record'}
        {!patient.isActive && ' · record not in use'}
      </small>
    </th>
  );
  const fresh = (
    <td rowSpan={rows}>
      {patient.syncedAt === null ? (
        'not yet'
      ) : (
        <time dateTime={patient.syncedAt} title={inMoments(patient.syncedAt)}>
          {ago(patient.syncedAt)}
        </time>
      )}
    </td>
  );
  if (twins.length === 0) {
    return (
      <tr>
        {who}
        <td colSpan={4}>
          <MakeTwin patientId={patient.id} diseases={diseases} />
        </td>
        {fresh}
      </tr>
    );
  }
  return (
    <>
      {twins.map((twin, index) => (
        <tr key={twin.id}>
          {index === 0 && who}
          <td>
            <Link href={`/twins/${twin.id}`}>{twin.definition?.title ?? twin.disease}</Link>
          </td>
          <td>
            <Chip tone={TWIN_STATUS[twin.status].tone}>{TWIN_STATUS[twin.status].label}</Chip>
            {twin.statusReason !== null && <small class="reason">{twin.statusReason}</small>}
          </td>
          <td>{missing(twin)}</td>
          <td>{lastForecast(twin)}</td>
          {index === 0 && fresh}
        </tr>
      ))}
    </>
  );
}

function missing({ gaps }: TwinOutlineFragment) {
  const messages = gaps.flatMap(({ body }) => (body.__typename === 'Gap' ? [body.message] : []));
  if (messages.length === 0) return <span class="none">nothing</span>;
  return (
    <details class="gaps">
      <summary>
        {messages.length} {messages.length === 1 ? 'gap' : 'gaps'}
      </summary>
      <ul>
        {messages.map((message) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </details>
  );
}

function lastForecast({ latestForecast: forecast }: TwinOutlineFragment) {
  if (forecast === null) return <span class="none">none yet</span>;
  const { label, tone } = FORECAST_STATUS[forecast.status];
  return (
    <>
      <Link href={`/forecasts/${forecast.id}`}>for {inDays(forecast.targetAt)}</Link>{' '}
      {tone === 'good' ? (
        <small>{ago(forecast.completedAt ?? forecast.createdAt)}</small>
      ) : (
        <Chip tone={tone}>{label}</Chip>
      )}
    </>
  );
}
