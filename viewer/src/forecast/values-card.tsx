import type { ForecastViewFragment, LesionFragment, PredictionFragment } from '../api/operations.ts';
import { Card, Chip } from '../page/parts.tsx';
import { inNumbers, inPercent, inUnits, withSign } from '../page/words.ts';
import { interval90 } from '../twin/stops.ts';
import { describeSkill, lesionTitle } from './sentences.ts';

/** Each value with its interval, beside "no change". */
export function ValuesCard({ forecast }: { forecast: ForecastViewFragment }) {
  const variables = forecast.twin.definition?.variables ?? [];
  const lesions = forecast.image?.lesions ?? [];
  return (
    <Card title="Values" class="values">
      <table>
        <caption class="unseen">Forecast values beside the last known ones</caption>
        <thead>
          <tr>
            <th scope="col">Variable</th>
            <th scope="col" class="number">
              Last known
            </th>
            <th scope="col" class="number">
              Forecast
            </th>
            <th scope="col" class="number">
              Change
            </th>
            <th scope="col">Expected within</th>
            <th scope="col">How good is it?</th>
          </tr>
        </thead>
        <tbody>
          {forecast.values.map((value) => (
            <ValueRow
              key={value.key}
              value={value}
              title={variables.find(({ key }) => key === value.key)?.title ?? value.key}
            />
          ))}
          {lesions.map((lesion, index) => (
            <LesionRow key={index} lesion={lesion} title={lesionTitle(index, lesions.length)} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function ValueRow({ value, title }: { value: PredictionFragment; title: string }) {
  const { unit, baseline, isDeclined, reason, skill } = value;
  return (
    <tr>
      <th scope="row">
        {title} <small>{inUnits(unit)}</small>
      </th>
      <td class="number">{baseline === null ? 'none' : inNumbers(baseline)}</td>
      <td class="number predicted-value">{value.value === null ? 'none' : inNumbers(value.value)}</td>
      <td class="number">{value.value === null || baseline === null ? '' : withSign(value.value - baseline)}</td>
      <td class="intervals">
        <IntervalBar value={value} />
      </td>
      <td>
        {isDeclined && <Chip tone="warn">Declined</Chip>} {reason ?? describeSkill(skill)}
      </td>
    </tr>
  );
}

/** The volume of a lesion that the image model follows. */
function LesionRow({ lesion, title }: { lesion: LesionFragment; title: string }) {
  const { unit, baseline, value, drawn } = lesion;
  return (
    <tr>
      <th scope="row">
        {title} <small>{inUnits(unit)}</small>
      </th>
      <td class="number">{inNumbers(baseline)}</td>
      <td class="number predicted-value">{inNumbers(value)}</td>
      <td class="number">{withSign(value - baseline)}</td>
      <td class="intervals">
        <IntervalBar value={lesion} />
      </td>
      <td>
        Outlined in the images by the image model; the predicted image shows {inNumbers(drawn)} {inUnits(unit)}.
      </td>
    </tr>
  );
}

/** The intervals around the value, with "no change" as a mark, on one small scale. */
function IntervalBar({ value: prediction }: { value: Pick<PredictionFragment, 'value' | 'baseline' | 'intervals'> }) {
  const { value, baseline, intervals } = prediction;
  const widest = intervals.at(-1);
  if (value === null || widest === undefined) return <small>the model gives no interval</small>;
  const ends = [widest.low, widest.high, value, baseline ?? value];
  const room = (Math.max(...ends) - Math.min(...ends) || 1) * 0.06;
  const [from, to] = [Math.min(...ends) - room, Math.max(...ends) + room];
  const place = (at: number): string => `${(100 * (at - from)) / (to - from)}%`;
  const likely = interval90(prediction) ?? widest;
  return (
    <>
      <div class="interval-bar" aria-hidden="true">
        {intervals.toReversed().map(({ coverage, low, high }) => (
          <span
            key={coverage}
            class="held"
            style={{ left: place(low), right: `${100 - Number.parseFloat(place(high))}%` }}
          />
        ))}
        {baseline !== null && <span class="no-change" style={{ left: place(baseline) }} />}
        <span class="expected" style={{ left: place(value) }} />
      </div>
      <small>
        {inNumbers(likely.low)} to {inNumbers(likely.high)} with {inPercent(likely.coverage)}
      </small>
    </>
  );
}
