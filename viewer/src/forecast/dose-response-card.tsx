import type { ForecastViewFragment } from '../api/operations.ts';
import { DoseResponseChart } from '../chart/dose-response-chart.tsx';
import { Card } from '../page/parts.tsx';
import { inUnits } from '../page/words.ts';

/** What each treatment would do up to the target, in this patient and in the average one. */
export function DoseResponseCard({ forecast }: { forecast: ForecastViewFragment }) {
  const variables = new Map((forecast.twin.definition?.variables ?? []).map((variable) => [variable.key, variable]));
  if (forecast.doseResponses.length === 0) return null;
  return (
    <Card
      title="What a dose would do"
      class="dose-responses"
      aside={
        <p class="legend">
          <span class="is-forecast">this patient</span>
          <span class="is-past">average patient</span>
        </p>
      }
    >
      <div class="charts">
        {forecast.doseResponses.map(({ treatmentKey, variableKey, points }) => {
          const [treatment, variable] = [variables.get(treatmentKey), variables.get(variableKey)];
          const names = [treatment?.title ?? treatmentKey, variable?.title ?? variableKey] as const;
          return (
            <figure key={`${treatmentKey} ${variableKey}`} class="dose-response">
              <figcaption>
                <strong>{names[1]}</strong> by {names[0].toLowerCase()}{' '}
                <small>{inUnits(treatment?.unit ?? null)} per day</small>
              </figcaption>
              <DoseResponseChart
                points={points}
                label={`${names[1]} at the target by dose of ${names[0]}, for this patient and for the average patient`}
              />
            </figure>
          );
        })}
      </div>
    </Card>
  );
}
