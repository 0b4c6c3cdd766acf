import { Card } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { inDays, inNumbers, inPercent, inUnits } from '../page/words.ts';
import type { Twin } from './stops.ts';

/** Earlier forecasts beside what came. */
export function BackTestsCard({ twin }: { twin: Twin }) {
  const backTests = twin.backTests.filter(({ forecast }) => forecast.reference === null);
  const titles = new Map((twin.definition?.variables ?? []).map(({ key, title }) => [key, title]));
  const scored = backTests.flatMap(({ values }) => values.filter(({ isInside90 }) => isInside90 !== null));
  const inside = scored.filter(({ isInside90 }) => isInside90 === true).length;
  return (
    <Card title="Forecasts beside what came" class="back-tests">
      {backTests.length === 0 ? (
        <p class="none">Nothing that was forecast has come yet.</p>
      ) : (
        <>
          {scored.length > 0 && (
            <p>
              {inside} of {scored.length} values came within their 90 % interval ({inPercent(inside / scored.length)}).
            </p>
          )}
          <table>
            <caption class="unseen">Forecasts beside measurements</caption>
            <thead>
              <tr>
                <th scope="col">For</th>
                <th scope="col" class="number">
                  Forecast
                </th>
                <th scope="col" class="number">
                  Came
                </th>
                <th scope="col" class="number">
                  “No change”
                </th>
              </tr>
            </thead>
            {backTests.slice(0, 4).map(({ forecast, values, image }) => (
              <tbody key={forecast.id}>
                {values.map(({ key, unit, predicted, baseline, observed }) => (
                  <tr key={key}>
                    <th scope="row">
                      {titles.get(key) ?? key} <small>{inUnits(unit)}</small>
                      <br />
                      <Link href={`/forecasts/${forecast.id}`}>{inDays(forecast.targetAt)}</Link>
                    </th>
                    <td class="number">{inNumbers(predicted)}</td>
                    <td class="number">
                      <strong>{inNumbers(observed)}</strong>
                    </td>
                    <td class="number">{inNumbers(baseline)}</td>
                  </tr>
                ))}
                {image !== null && (
                  <tr>
                    <th scope="row">Image, squared error</th>
                    <td class="number">{inNumbers(Number(image.mse.toPrecision(3)))}</td>
                    <td />
                    <td class="number">{inNumbers(Number(image.baselineMse.toPrecision(3)))}</td>
                  </tr>
                )}
              </tbody>
            ))}
          </table>
        </>
      )}
    </Card>
  );
}
