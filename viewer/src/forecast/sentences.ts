import type {
  ChangeFragment,
  DefinitionFragment,
  ForecastOutlineFragment,
  PredictionFragment,
  SkillFragment,
} from '../api/operations.ts';
import { days, inDays, inNumbers, inShortDays, inUnits, withUnit } from '../page/words.ts';
import { interval90 } from '../twin/stops.ts';

type Variables = DefinitionFragment['variables'];

const titleOf = (variables: Variables, key: string): string => variables.find((one) => one.key === key)?.title ?? key;

/** A forecast as a colleague would say it. */
export function describeForecast(forecast: ForecastOutlineFragment, variables: Variables): readonly string[] {
  const { status, statusReason, targetAt, horizonDays, values, image } = forecast;
  if (status === 'QUEUED' || status === 'RUNNING') return [`A forecast for ${inDays(targetAt)} is being computed.`];
  if (status === 'FAILED' || status === 'CANCELLED') {
    return [`There is no forecast for ${inDays(targetAt)}: ${statusReason ?? 'it was stopped.'}`];
  }
  const when =
    horizonDays === null ? inDays(targetAt) : `${inDays(targetAt)}, ${days(horizonDays)} after the last usable visit`;
  const expected = values.filter(({ isDeclined, value }) => !isDeclined && value !== null);
  const declined = values.filter(({ isDeclined }) => isDeclined);
  const names = listed(declined.map(({ key }) => titleOf(variables, key)));
  return [
    ...(expected.length > 0
      ? [`For ${when}: ${expected.map((value) => expectation(value, variables)).join('; ')}.`]
      : declined.length === 0
        ? [`For ${when}, there is no value to start from.`]
        : []),
    ...(declined.length > 0
      ? [
          expected.length > 0
            ? `It declines ${names} and shows the last value instead.`
            : `For ${when}, the model declines ${names} and shows the last values instead.`,
        ]
      : []),
    ...(image === null
      ? ['There is no image, because none could be aligned.']
      : [
          image.isDeclined
            ? `The image is declined and shows the last one unchanged. ${image.reason ?? ''}`.trim()
            : `Image: ${describeSkill(image.skill)}`,
        ]),
  ];
}

function expectation(value: PredictionFragment, variables: Variables): string {
  const { key, unit, baseline } = value;
  const interval = interval90(value);
  const range = interval === null ? '' : `, 90 % between ${inNumbers(interval.low)} and ${inNumbers(interval.high)}`;
  const now = baseline === null ? '' : ` (last ${inNumbers(baseline)})`;
  return `${titleOf(variables, key)} ${withUnit(value.value ?? 0, unit)}${now}${range}`;
}

/** How good the model was on others, without a word of statistics. */
export function describeSkill({ skill, patients, intervals }: SkillFragment): string {
  if (skill === null) return 'too few other patients are known to say how good the model is.';
  const others = `On ${patients} other ${patients === 1 ? 'patient' : 'patients'} (${intervals} intervals)`;
  if (skill <= 0) return `${others} it was no better than “no change”.`;
  return `${others} its squared error was ${Math.round(100 * skill)} % smaller than that of “no change”.`;
}

/** A lesion by its place, where there are several. */
export const lesionTitle = (index: number, lesions: number): string =>
  lesions === 1 ? 'Lesion volume' : `Volume of lesion ${index + 1}`;

/** What a what-if changes, in a line. */
export function describeInterventions(interventions: readonly ChangeFragment[], variables: Variables): string {
  if (interventions.length === 0) return 'nothing changed';
  return interventions
    .map((change) => {
      const title = titleOf(variables, change.key);
      const unit = variables.find(({ key }) => key === change.key)?.unit ?? null;
      if (change.__typename === 'ValueIntervention') return `${title} ${withUnit(change.value, unit)}`;
      const dose = change.amountPerDay === 0 ? 'none' : `${inNumbers(change.amountPerDay)} ${inUnits(unit)} per day`;
      return `${title} ${dose}, ${inShortDays(change.from)} to ${inShortDays(change.to)}`;
    })
    .join('; ');
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
