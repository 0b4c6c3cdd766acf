import type { SeriesForecast } from '../../src/ml/forecasting/forecast-series.ts';

export interface PatientPrediction {
  readonly patient: string;
  readonly values: readonly SeriesForecast[];
  readonly caveats: readonly string[];
}

interface Predictions {
  readonly model: string;
  readonly horizonDays: number;
  readonly patients: readonly PatientPrediction[];
}

/** A table for people: one line per patient and variable, with the 50 and 90 % intervals. */
export function formatPredictions(
  { model, horizonDays, patients }: Predictions,
  unitOf: (key: string) => string,
): string {
  const rows = patients.flatMap(({ patient, values, caveats }) => [
    ...values.map(({ variable, last, value, intervals, skill, declineReason }) => [
      patient,
      variable,
      `${short(last)} ${unitOf(variable)}`,
      short(value),
      ...[0.5, 0.9].map((coverage) => {
        const interval = intervals.find((one) => one.coverage === coverage);
        return interval === undefined ? '-' : `${short(interval.low)} .. ${short(interval.high)}`;
      }),
      declineReason === null ? `skill ${short(skill.skill ?? 0)}` : `no change: ${declineReason}`,
    ]),
    ...caveats.map((caveat) => [patient, caveat, '', '', '', '', '']),
  ]);
  const table = [['patient', 'variable', 'last', `in ${short(horizonDays)} d`, '50 %', '90 %', ''], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `${model}\n${lines.join('\n')}\n`;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
