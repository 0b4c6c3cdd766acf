import { useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { RequestForecastDocument, type VisitViewFragment } from '../api/operations.ts';
import { Trouble } from '../page/parts.tsx';
import { DAY } from '../page/words.ts';
import type { Twin } from './stops.ts';

/** Asks what would have been forecast at an earlier visit, with what the hospital had published by the day after. */
export function BackTestButton({ twin, visit }: { twin: Twin; visit: VisitViewFragment }) {
  const [said, setSaid] = useState<{ readonly text: string; readonly isTrouble: boolean } | null>(null);
  const next = twin.visits[visit.index + 1];
  if (next === undefined || visit.index + 1 < (twin.definition?.minimumVisits ?? 1)) return null;
  const nextAt = Date.parse(next.occurredAt);
  const at = Date.parse(visit.occurredAt);
  const request = async (): Promise<void> => {
    const asOf = new Date(Math.min(at + DAY, (at + nextAt) / 2)).toISOString();
    const input = { twinId: twin.id, horizonDays: (nextAt - at) / DAY, asOf, clock: 'ISSUED' as const };
    try {
      const { requestForecast: answer } = await ask(RequestForecastDocument, { input });
      setSaid(
        answer.__typename === 'Refusal'
          ? { text: answer.message, isTrouble: true }
          : { text: 'Asked. It appears beside what came.', isTrouble: false },
      );
    } catch (error) {
      setSaid({ text: error instanceof Error ? error.message : String(error), isTrouble: true });
    }
  };
  return (
    <div>
      <button type="button" onClick={() => void request()}>
        What would have been forecast here?
      </button>
      {said !== null && (said.isTrouble ? <Trouble message={said.text} /> : <small role="status"> {said.text}</small>)}
    </div>
  );
}
