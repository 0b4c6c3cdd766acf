/**
 * Seeds that tables of a few hundred patients are split by. One split tests a quarter of them, and its luck moves a coverage by two
 * points and a ratio by two hundredths: less than ten say little of differences of that size.
 */
export const TABLE_SPLITS: readonly number[] = Array.from({ length: 10 }, (_, split) => 11 + split);
