import type { ForecastViewFragment } from '../api/operations.ts';
import { lesionTitle } from '../forecast/sentences.ts';
import { Card } from '../page/parts.tsx';
import { inNumbers, inUnits, withSign } from '../page/words.ts';
import { interval90 } from '../twin/stops.ts';
import { titleOf } from './scenario-pictures.tsx';
import type { Scenario } from './use-scenarios.ts';

/** Values under the plan and under each scenario, with their differences. */
export function ScenarioValues({
  reference,
  scenarios,
}: {
  reference: ForecastViewFragment;
  scenarios: readonly Scenario[];
}) {
  const variables = reference.twin.definition?.variables ?? [];
  const lesions = reference.image?.lesions ?? [];
  return (
    <Card title="Values" class="values-beside">
      <table>
        <caption class="unseen">Values under the plan and under each scenario</caption>
        <thead>
          <tr>
            <th scope="col">Variable</th>
            <th scope="col" class="number">
              Under the plan
            </th>
            {scenarios.map(({ forecast }, index) => (
              <th key={forecast.id} scope="col" class="number">
                {titleOf(forecast, index)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {reference.values.map(({ key, unit, value, ...rest }) => (
            <tr key={key}>
              <th scope="row">
                {variables.find((variable) => variable.key === key)?.title ?? key} <small>{inUnits(unit)}</small>
              </th>
              <td class="number">
                {value === null ? 'none' : inNumbers(value)} <Range value={rest} />
              </td>
              {scenarios.map(({ forecast, comparison }) => {
                const answer = forecast.values.find((one) => one.key === key);
                const difference = comparison?.values.find((one) => one.key === key)?.difference ?? null;
                return (
                  <td key={forecast.id} class="number scenario">
                    {answer?.value == null ? '…' : inNumbers(answer.value)}{' '}
                    <small>{difference === null ? '' : `(${withSign(difference)})`}</small>
                    {answer !== undefined && <Range value={answer} />}
                    {answer?.isDeclined === true && (
                      <small>
                        <br />
                        declined
                      </small>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
          {lesions.map((lesion, index) => (
            <tr key={index}>
              <th scope="row">
                {lesionTitle(index, lesions.length)} <small>{inUnits(lesion.unit)}</small>
              </th>
              <td class="number">
                {inNumbers(lesion.value)} <Range value={lesion} />
              </td>
              {scenarios.map(({ forecast, comparison }) => {
                const answer = forecast.image?.lesions[index];
                const difference = comparison?.image?.lesions[index]?.difference ?? null;
                return (
                  <td key={forecast.id} class="number scenario">
                    {answer === undefined ? (forecast.image === null ? '…' : 'none') : inNumbers(answer.value)}{' '}
                    <small>{difference === null ? '' : `(${withSign(difference)})`}</small>
                    {answer !== undefined && <Range value={answer} />}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Range({ value }: { value: Parameters<typeof interval90>[0] }) {
  const interval = interval90(value);
  if (interval === null) return null;
  return (
    <small>
      <br />
      {inNumbers(interval.low)} to {inNumbers(interval.high)}
    </small>
  );
}
