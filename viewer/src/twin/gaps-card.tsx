import { Card, Chip } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { inDays } from '../page/words.ts';
import type { Twin } from './stops.ts';

/** What should be on the timeline and is not, and why. */
export function GapsCard({ twin: { id, gaps, visits, definition } }: { twin: Twin }) {
  const refused = visits.filter(({ registration }) => registration?.verdict === 'REFUSED');
  const unknown = (definition?.variables ?? []).filter(
    ({ key, role }) =>
      role === 'DYNAMIC' &&
      visits.length > 0 &&
      visits.every(({ values }) => values.some(({ variable, status }) => variable.key === key && status === 'MISSING')),
  );
  const isWhole = gaps.length + refused.length + unknown.length === 0;
  return (
    <Card
      title="What is missing"
      aside={
        <Chip tone={isWhole ? 'good' : 'warn'}>
          {isWhole ? 'Nothing' : `${gaps.length + refused.length + unknown.length}`}
        </Chip>
      }
    >
      {isWhole && <p class="none">Everything that the hospital announced is here, and every image is aligned.</p>}
      <ul class="plain">
        {gaps.map(({ id: entryId, occurredAt, body }) =>
          body.__typename === 'Gap' ? (
            <li key={entryId}>
              <strong>{MISSING[body.missing]}</strong> of {inDays(occurredAt)}: {body.message}{' '}
              <small>{body.isTransient ? 'Tried again at the next reading.' : 'Will not come by itself.'} </small>
              <Link href={`/twins/${id}/record#${entryId}`}>source</Link>
            </li>
          ) : null,
        )}
        {refused.map(({ index, occurredAt, registration }) => (
          <li key={index}>
            <strong>Aligned image</strong> of {inDays(occurredAt)}: {registration?.reason}{' '}
            <small>Its values are used.</small>
          </li>
        ))}
        {unknown.map(({ key, title }) => (
          <li key={key}>
            <strong>{title}</strong>: no measurement is on record.
          </li>
        ))}
      </ul>
    </Card>
  );
}

const MISSING = {
  IMAGE: 'Image',
  OBSERVATION: 'Measurement',
  TREATMENT: 'Treatment',
  CONDITION: 'Diagnosis',
  PROCEDURE: 'Procedure',
  SOURCE: 'A whole source',
} as const;
