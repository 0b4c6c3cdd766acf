import { describe, expect, it } from 'vitest';
import {
  assessSkill,
  type HeldOutInterval,
  horizonBinOf,
  MINIMUM_PATIENTS,
} from '../../../src/ml/forecasting/skill.ts';
import { randomStream, range } from '../../support/change-world.ts';

/** Intervals of 90 days of patients whose change y was forecast as f. */
const intervals = (pairs: readonly (readonly [y: number, f: number])[]): HeldOutInterval[] =>
  pairs.map(([y, f], patient) => ({ patient, intervalDays: 90, yy: y * y, yf: y * f, ff: f * f }));
/** Over 90 days a value changed by the factor exp(y), and exp(f) was forecast. */
const relative = (patient: number, value: number, change: number, forecast: number): HeldOutInterval => {
  const [y, f] = [value * Math.expm1(change), value * Math.expm1(forecast)];
  return { patient, intervalDays: 90, yy: y * y, yf: y * f, ff: f * f, relative: { change, forecast } };
};
const inOwnUnitAlone = ({ patient, intervalDays, yy, yf, ff }: HeldOutInterval): HeldOutInterval => ({
  patient,
  intervalDays,
  yy,
  yf,
  ff,
});
const many = (of: (y: number, random: () => number) => number): HeldOutInterval[] => {
  const { normal } = randomStream(3);
  return intervals(
    range(20).map(() => {
      const y = normal();
      return [y, of(y, normal)] as const;
    }),
  );
};

describe('the skill of a model at a horizon', () => {
  it('is 1 with the whole change where every forecast was right', () => {
    const verdict = assessSkill(
      many((y) => y),
      90,
    );
    expect(verdict).toMatchObject({ patients: 20, intervals: 20, shrinkage: 1, declineReason: null });
    expect(verdict.skill).toBeCloseTo(1, 12);
  });

  it('shrinks a forecast that is twice too large to half', () => {
    const verdict = assessSkill(
      many((y) => 2 * y),
      90,
    );
    expect(verdict.shrinkage).toBeCloseTo(0.5, 12);
    expect(verdict.skill).toBeCloseTo(1, 12);
  });

  it('never makes a forecast larger than it was', () => {
    expect(
      assessSkill(
        many((y) => y / 2),
        90,
      ).shrinkage,
    ).toBe(1);
  });

  it('declines a forecast that goes the wrong way', () => {
    const verdict = assessSkill(
      many((y) => -y),
      90,
    );
    expect(verdict).toMatchObject({ skill: 0, shrinkage: 0 });
    expect(verdict.declineReason).toContain('not clearly better');
  });

  it('declines a forecast that has nothing to do with what happened', () => {
    expect(
      assessSkill(
        many((_, random) => random()),
        90,
      ).declineReason,
    ).toContain('not clearly better');
  });

  it('declines a forecast that one patient alone speaks for', () => {
    const verdict = assessSkill(
      intervals([[100, 100], ...range(19).map((k) => [1, k % 2 === 0 ? 5 : -5] as const)]),
      90,
    );
    expect(verdict.declineReason).toContain('not clearly better');
  });

  it('is told on the logarithmic scale where that is less: a few large values do not speak for all', () => {
    const large = range(10).map((k) => relative(k, 500, 0.2 + 0.01 * k, 0.2 + 0.01 * k));
    const small = range(10).map((k) => relative(10 + k, 1, 0.2, k % 2 === 0 ? -0.2 : 0.05));
    const verdict = assessSkill([...large, ...small], 90);
    expect(verdict.skill).toBeLessThan(0.5);
    expect(assessSkill([...large, ...small].map(inOwnUnitAlone), 90).skill).toBeGreaterThan(0.99);
  });

  it('declines a relative forecast that is right about large values alone', () => {
    const large = range(10).map((k) => relative(k, 500, 0.2 + 0.01 * k, 0.2 + 0.01 * k));
    const small = range(20).map((k) => relative(10 + k, 1, 0.2, -0.2));
    expect(assessSkill([...large, ...small].map(inOwnUnitAlone), 90).declineReason).toBeNull();
    expect(assessSkill([...large, ...small], 90).declineReason).toContain('not clearly better');
  });

  it('counts every patient once, however many intervals they have', () => {
    const right = range(10).map((patient) => ({ patient, intervalDays: 90, yy: 1, yf: 1, ff: 1 }));
    const still = range(10).map((patient) => ({ patient: 10 + patient, intervalDays: 90, yy: 1, yf: 0, ff: 0 }));
    const often = [...right, ...still, ...still, ...still];
    expect(assessSkill(often, 90).skill).toBeCloseTo(0.5, 12);
  });

  it('counts patients, not their intervals', () => {
    const few = many((y) => y).map(({ patient, ...one }) =>
      Object.assign(one, { patient: patient % (MINIMUM_PATIENTS - 1) }),
    );
    expect(assessSkill(few, 90)).toMatchObject({
      skill: null,
      shrinkage: 0,
      patients: MINIMUM_PATIENTS - 1,
      intervals: 20,
    });
  });

  it('is told from intervals like the one asked for', () => {
    const far = many((y) => y).map((one) => Object.assign(one, { intervalDays: 400 }));
    expect(assessSkill(far, 90)).toMatchObject({ skill: null, patients: 0 });
    expect(assessSkill(far, 380)).toMatchObject({ patients: 20, declineReason: null });
  });

  it('declines where nothing ever changed', () => {
    expect(
      assessSkill(
        many(() => 0).map(({ patient, intervalDays }) => ({ patient, intervalDays, yy: 0, yf: 0, ff: 0 })),
        90,
      ),
    ).toMatchObject({ skill: null, declineReason: expect.stringContaining('Nothing changed') });
  });

  it('of a little is trusted where skill over all horizons speaks for it, as far as that is asked for, and never where there is none', () => {
    const { normal } = randomStream(5);
    const course = (known: number) =>
      range(40).flatMap((patient) =>
        [90, 200, 400].map((intervalDays): HeldOutInterval => {
          const y = normal();
          const f = (intervalDays === 90 ? known : 0.8) * y + 0.6 * normal();
          return { patient, intervalDays, yy: y * y, yf: y * f, ff: f * f };
        }),
      );
    const over = { level: 0.95, isOverAllHorizons: true };
    const little = course(0.25);
    expect(assessSkill(little, 90, { ...over, isOverAllHorizons: false }).declineReason).toMatch(/not clearly better/);
    expect(assessSkill(little, 90).declineReason).toMatch(/not clearly better/);
    const trusted = assessSkill(little, 90, over);
    expect(trusted.declineReason).toBeNull();
    expect(trusted.skill).toBeGreaterThan(0);
    expect(trusted.shrinkage).toBeGreaterThan(0);
    expect(trusted.shrinkage).toBeLessThan(0.9);
    expect(assessSkill(course(-0.5), 90, over).declineReason).toMatch(/not clearly better/);
  });

  it('puts every horizon in one bin', () => {
    expect(horizonBinOf(0)).toEqual({ from: 0, until: 10 });
    expect(horizonBinOf(45)).toEqual({ from: 45, until: 135 });
    expect(horizonBinOf(1e6)).toEqual({ from: 2190, until: Infinity });
  });
});
