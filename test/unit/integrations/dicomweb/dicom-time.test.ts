import { describe, expect, test } from 'vitest';
import { parseDateAndTime, parseDateTime, parseOffset } from '../../../../src/integrations/dicomweb/dicom-time.ts';

describe('DICOM dates and times', () => {
  test.each([
    ['20240110', '101500', '+0100', '2024-01-10T09:15:00.000Z'],
    ['20240110', '1015', '-0530', '2024-01-10T15:45:00.000Z'],
    ['20240110', '101500.25', '+0000', '2024-01-10T10:15:00.250Z'],
    ['2024.01.10', '10:15:00', '+0000', '2024-01-10T10:15:00.000Z'],
    ['20240229', '23', '+0000', '2024-02-29T23:00:00.000Z'],
  ])('%s %s %s is %s', (date, time, offset, expected) => {
    const moment = parseDateAndTime(date, time, offset, '+00:00');
    expect(moment).toEqual({ at: new Date(expected), hasTimeOfDay: true, hasZone: true });
  });

  test('use the configured zone where they state none, and say so', () => {
    const moment = parseDateAndTime('20240110', '101500', null, '+02:00');
    expect(moment).toEqual({ at: new Date('2024-01-10T08:15:00Z'), hasTimeOfDay: true, hasZone: false });
  });

  test('without a time of day mean noon, and say so', () => {
    expect(parseDateAndTime('20240110', null, '+0000', '+00:00')).toMatchObject({
      at: new Date('2024-01-10T12:00:00Z'),
      hasTimeOfDay: false,
    });
    expect(parseDateAndTime('20240110', '9915', '+0000', '+00:00')?.hasTimeOfDay).toBe(false);
  });

  test.each([null, '', '20240230', '20241301', '2024', 'yesterday', '00010101'])('%j is no date', (date) => {
    expect(parseDateAndTime(date, '101500', null, '+00:00')).toBeNull();
  });

  test('a DT carries its own offset', () => {
    expect(parseDateTime('20240110101500.5+0100', '-0500', '+00:00')?.at).toEqual(new Date('2024-01-10T09:15:00.500Z'));
    expect(parseDateTime('20240110101500', '-0500', '+00:00')?.at).toEqual(new Date('2024-01-10T15:15:00Z'));
    expect(parseDateTime('2024', null, '+00:00')).toBeNull();
  });

  test.each([
    ['+0100', 60],
    ['-05:30', -330],
    ['+1400', 840],
    ['+9900', null],
    ['0100', null],
    ['', null],
  ] as const)('offset %j is %j minutes', (offset, minutes) => {
    expect(parseOffset(offset)).toBe(minutes);
  });
});
