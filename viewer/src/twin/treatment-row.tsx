import { useMemo } from 'preact/hooks';
import type { DefinitionFragment } from '../api/operations.ts';
import { inDays, withUnit } from '../page/words.ts';
import type { Stop, Twin } from './stops.ts';

type Variable = DefinitionFragment['variables'][number];

interface TreatmentRowProps {
  readonly variable: Variable;
  readonly twin: Twin;
  readonly stop: Stop | undefined;
  readonly place: (time: number) => number;
}

/** The doses of a treatment as bars over the time that each took. */
export function TreatmentRow({ variable: { key, title, unit }, twin, stop, place }: TreatmentRowProps) {
  const doses = useMemo(() => dosesOf(twin, key), [twin, key]);
  const highest = Math.max(...doses.map(({ amount }) => amount), 0);
  const here = stop?.kind === 'visit' ? stop.visit.exposures.find(({ variable }) => variable.key === key) : undefined;
  return (
    <div class="row treatment">
      <div class="label">
        <span class="title">{title}</span>
        <small>{here === undefined ? '' : `${withUnit(here.amount, unit)} since the visit before`}</small>
      </div>
      <div class="plot" role="img" aria-label={`${title}: ${doses.length} doses`}>
        {doses.map(({ id, from, to, amount }) => (
          <span
            key={id}
            class="dose"
            title={`${inDays(from)}: ${withUnit(amount, unit)}`}
            style={{
              left: `${100 * place(from)}%`,
              width: `max(5px, ${100 * (place(to) - place(from))}%)`,
              height: `${Math.round(25 + (75 * amount) / (highest || 1))}%`,
            }}
          />
        ))}
        {doses.length === 0 && <span class="empty">none given</span>}
      </div>
    </div>
  );
}

function dosesOf({ visits }: Twin, key: string) {
  const doses = visits.flatMap(({ exposures }) =>
    exposures
      .filter(({ variable }) => variable.key === key)
      .flatMap(({ entries }) =>
        entries.flatMap(({ id, occurredAt, occurredUntil, body }) =>
          body.__typename === 'Treatment' && body.amount > 0
            ? [{ id, from: Date.parse(occurredAt), to: Date.parse(occurredUntil), amount: body.amount }]
            : [],
        ),
      ),
  );
  // A dose over a visit counts on both of its sides.
  return [...new Map(doses.map((dose) => [dose.id, dose])).values()];
}
