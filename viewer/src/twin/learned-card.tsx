import { Card } from '../page/parts.tsx';
import { withSign } from '../page/words.ts';
import type { Twin } from './stops.ts';

/** What the model believes of this patient's own dynamics, beside the population. */
export function LearnedCard({ twin: { posterior, definition } }: { twin: Twin }) {
  if (posterior === null) return null;
  const titles = new Map((definition?.variables ?? []).map(({ key, title }) => [key, title]));
  return (
    <Card
      title="What was learned of this patient"
      aside={<small>from {posterior.intervals} intervals between measurements</small>}
    >
      <table>
        <caption class="unseen">Effects in this patient beside the population</caption>
        <thead>
          <tr>
            <th scope="col">Effect</th>
            <th scope="col" class="number">
              This patient
            </th>
            <th scope="col" class="number">
              Population
            </th>
          </tr>
        </thead>
        <tbody>
          {posterior.effects.map(({ variable, feature, ...effect }) => (
            <tr key={`${variable} ${feature}`}>
              <th scope="row">
                {feature} <small>on {titles.get(variable) ?? variable}</small>
              </th>
              <td class="number">
                {withSign(effect.mean)} <small>± {effect.standardDeviation.toPrecision(2)}</small>
              </td>
              <td class="number">
                {withSign(effect.populationMean)} <small>± {effect.populationStandardDeviation.toPrecision(2)}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
