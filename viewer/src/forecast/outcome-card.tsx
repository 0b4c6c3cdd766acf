import type { ForecastViewFragment } from '../api/operations.ts';
import { Card, Chip } from '../page/parts.tsx';
import { inDays, inNumbers, withUnit } from '../page/words.ts';

/** What really came. */
export function OutcomeCard({
  forecast,
  backTest,
}: {
  forecast: ForecastViewFragment;
  backTest: NonNullable<ForecastViewFragment['backTest']>;
}) {
  const variables = forecast.twin.definition?.variables ?? [];
  const { values, image } = backTest;
  return (
    <Card title="What came" aside={<small>compared {inDays(backTest.scoredAt)}</small>}>
      <ul class="plain">
        {values.map(({ key, unit, predicted, baseline, observed, observedAt, isInside90 }) => (
          <li key={key}>
            <strong>{variables.find((variable) => variable.key === key)?.title ?? key}</strong>:{' '}
            {withUnit(observed, unit)} on {inDays(observedAt)}; forecast {withUnit(predicted, unit)}, “no change”{' '}
            {withUnit(baseline, unit)}.{' '}
            {isInside90 !== null && (
              <Chip tone={isInside90 ? 'good' : 'warn'}>
                {isInside90 ? 'within the interval' : 'outside the interval'}
              </Chip>
            )}
          </li>
        ))}
        {image !== null && (
          <li>
            <strong>Image</strong> of {inDays(image.observedAt)}: squared error{' '}
            {inNumbers(Number(image.mse.toPrecision(3)))}, of “no change”{' '}
            {inNumbers(Number(image.baselineMse.toPrecision(3)))}.{' '}
            <Chip tone={image.mse < image.baselineMse ? 'good' : 'warn'}>
              {image.mse < image.baselineMse ? 'better than “no change”' : 'not better than “no change”'}
            </Chip>
          </li>
        )}
      </ul>
    </Card>
  );
}
