import type { ObservationBody } from '../../twins/timeline.ts';
import type { Comparator } from '../schema-types.ts';

/** GraphQL spells enum values in capitals, the domain as its standards do. */
export const upperCase = <T extends string>(value: T): Uppercase<T> => value.toUpperCase() as Uppercase<T>;

const COMPARATORS: Record<NonNullable<ObservationBody['comparator']>, Comparator> = {
  '<': 'LESS_THAN',
  '<=': 'AT_MOST',
  '>=': 'AT_LEAST',
  '>': 'MORE_THAN',
};

export const comparatorName = (comparator: ObservationBody['comparator']): Comparator | null =>
  comparator === null ? null : COMPARATORS[comparator];
