import type { Twin } from './stops.ts';
import { Card } from '../page/parts.tsx';
import { withSign } from '../page/words.ts';

type Posterior = NonNullable<Twin['posterior']>;
type Effect = Posterior['effects'][number];

/** Standard deviations that a band shows to each side: 90 % of a normal distribution. */
const BAND = 1.645;

/** What the model believes of this patient's own dynamics, beside the population. */
export function LearnedCard({ twin: { posterior, definition } }: { twin: Twin }) {
  if (posterior === null) return null;
  const titles = new Map((definition?.variables ?? []).map(({ key, title }) => [key, title]));
  const named = posterior.effects.filter(({ isLearned }) => !isLearned);
  const opaque = posterior.effects.length - named.length;
  const byVariable = Map.groupBy(named, ({ variable }) => variable);
  return (
    <Card
      title="What was learned of this patient"
      class="effects"
      aside={
        <p class="legend">
          <span class="is-forecast">this patient</span>
          <span class="is-past">population</span>
        </p>
      }
    >
      {[...byVariable].map(([variable, effects]) => (
        <Effects key={variable} title={titles.get(variable) ?? variable} effects={effects} />
      ))}
      <small>
        From {posterior.intervals} intervals between measurements; the bands hold 90 %.
        {opaque > 0 && ` ${opaque} effects of patterns that a network found, which have no name, are left out.`}
      </small>
    </Card>
  );
}

/** The effects on one variable, on one scale. */
function Effects({ title, effects }: { title: string; effects: readonly Effect[] }) {
  const extent = Math.max(
    ...effects.flatMap(({ mean, standardDeviation, populationMean, populationStandardDeviation }) => [
      Math.abs(mean) + BAND * standardDeviation,
      Math.abs(populationMean) + BAND * populationStandardDeviation,
    ]),
    1e-12,
  );
  return (
    <table>
      <caption>{title}</caption>
      <tbody>
        {effects.map((effect) => (
          <tr key={effect.feature}>
            <th scope="row">{effect.feature}</th>
            <td class="drawn">
              <Bands effect={effect} extent={extent} />
            </td>
            <td class="number">
              {withSign(Number(effect.mean.toPrecision(2)))}
              <br />
              <small>{withSign(Number(effect.populationMean.toPrecision(2)))}</small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bands({ effect, extent }: { effect: Effect; extent: number }) {
  const place = (value: number): number => 50 + (50 * value) / extent;
  const band = (mean: number, deviation: number) => ({
    left: `${place(mean - BAND * deviation)}%`,
    width: `${(100 * BAND * deviation) / extent}%`,
  });
  return (
    <div class="bands" aria-hidden="true">
      <span class="population" style={band(effect.populationMean, effect.populationStandardDeviation)} />
      <span class="own" style={band(effect.mean, effect.standardDeviation)} />
      <span class="zero" />
    </div>
  );
}
