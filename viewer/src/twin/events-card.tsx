import type { TwinEvent } from '../api/live.ts';
import { Card } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { inMoments } from '../page/words.ts';

/** Everything that happened to the twin, as it happens. */
export const EventsCard = ({ events }: { events: readonly TwinEvent[] }) => (
  <Card title="What happened" aside={<small>{events[0] === undefined ? '' : `event ${events[0].seq}`}</small>}>
    <ol class="plain events" aria-label="Events, newest first" tabIndex={0}>
      {events.map(({ seq, message, createdAt, forecast }) => (
        <li key={seq} data-seq={seq}>
          <small>{inMoments(createdAt)}</small>
          <span>
            {message} {forecast !== null && <Link href={`/forecasts/${forecast.id}`}>open</Link>}
          </span>
        </li>
      ))}
    </ol>
    {events.length === 0 && <p class="none">Waiting for the first event…</p>}
  </Card>
);
