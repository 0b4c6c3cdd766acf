import { describe, expect, it, test } from 'vitest';
import { DomainError } from '../../../../src/errors.ts';
import { atrophyCourse, simulateAtrophyPatient } from '../../../../src/ml/cohorts/atrophy/simulate-atrophy-patient.ts';
import { readCohortExport, writeCohortExport } from '../../../../src/ml/cohorts/readers/cohort-export.ts';

const courses = [0, 1].map((index) => ({
  patient: `p${index}`,
  course: atrophyCourse(simulateAtrophyPatient(5, index)),
}));
const written = (): Record<string, unknown> & { patients: Record<string, never>[] } =>
  JSON.parse(JSON.stringify(writeCohortExport(courses, { age: 'a' }))) as never;

describe('an exported cohort', () => {
  it('comes back as it was, moments of recording aside', () => {
    const read = readCohortExport(written());
    const plain = (list: typeof courses) =>
      list.map(({ patient, course: { measurements, doses, statics } }) => ({
        patient,
        statics,
        measurements: measurements.map(({ variable, day, value }) => [variable, day, value]),
        doses: doses.map(({ treatment, fromDay, toDay, amount }) => [treatment, fromDay, toDay, amount]),
      }));
    expect(plain(read as typeof courses)).toEqual(plain(courses));
    expect(read[0]!.course.measurements.every(({ knownAtMs, day }) => knownAtMs === day * 86_400_000)).toBe(true);
  });

  const first = { variable: 'cognitiveScore', day: 0, value: 20 };
  test.each([
    ['of another format', (file: Record<string, unknown>) => ({ ...file, format: 'else' }), 'format'],
    [
      'with a value that is no number',
      (file: Record<string, unknown>) => withMeasurements(file, [{ ...first, value: 'x' }]),
      'patients.0.measurements.0.value',
    ],
    ['with an unknown field', (file: Record<string, unknown>) => ({ ...file, extra: 1 }), 'the file'],
    [
      'with measurements out of order',
      (file: Record<string, unknown>) => withMeasurements(file, [{ ...first, day: 9 }, first]),
      'patients.0.measurements.1',
    ],
    [
      'with a variable twice on a day',
      (file: Record<string, unknown>) => withMeasurements(file, [first, first]),
      'patients.0.measurements.1',
    ],
    [
      'with a day in another age',
      (file: Record<string, unknown>) => withMeasurements(file, [{ ...first, day: 1e9 }]),
      'patients.0.measurements.0.day',
    ],
    [
      'with a patient twice',
      (file: Record<string, unknown>) => ({
        ...file,
        patients: [...(file['patients'] as object[]), (file['patients'] as object[])[0]],
      }),
      'patients.2.patient',
    ],
    [
      'with a dose that ends before it begins',
      (file: Record<string, unknown>) => ({
        ...file,
        patients: [
          { ...(file['patients'] as object[])[0], doses: [{ treatment: 'd', fromDay: 3, toDay: 2, amount: 1 }] },
        ],
      }),
      'patients.0.doses.0',
    ],
  ])('%s is refused with its place', (_, change, field) => {
    const read = (): unknown => readCohortExport(change(written()));
    expect(read).toThrow(DomainError);
    expect(read).toThrow(expect.objectContaining({ field }) as Error);
  });
});

const withMeasurements = (file: Record<string, unknown>, measurements: readonly object[]): object => ({
  ...file,
  patients: [{ ...(file['patients'] as object[])[0], measurements }],
});
