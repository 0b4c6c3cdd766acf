import type { CheckedSeries } from './patient-series.ts';

/** Numbers of patients, evenly spread, with about so many visits in all; two at least. */
export function somePatients(population: readonly CheckedSeries[], mostVisits: number): readonly number[] {
  const visits = population.reduce((sum, series) => sum + series.visits.length, 0);
  const part = Math.min(1, mostVisits / visits);
  const count = Math.max(2, Math.floor(part * population.length));
  return Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * population.length) / count));
}
