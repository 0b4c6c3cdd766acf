import { describe, expect, test } from 'vitest';
import { cronEvery } from '../../../src/jobs/worker.ts';

describe('the schedule of synchronisations', () => {
  test.each([
    [1, '*/1 * * * *'],
    [15, '*/15 * * * *'],
    [59, '*/59 * * * *'],
    [60, '0 */1 * * *'],
    [180, '0 */3 * * *'],
    [1440, '0 0 * * *'],
    [10_080, '0 0 * * *'],
  ])('every %i minutes is %s', (minutes, cron) => {
    expect(cronEvery(minutes)).toBe(cron);
  });
});
