import { describe, expect, test } from 'vitest';
import { loadDiseaseDefinitions } from '../../../src/twins/load-disease-definitions.ts';
import { registrationInputHash } from '../../../src/twins/registration-input-hash.ts';
import { registrationPlan } from '../../../src/twins/registration-plan.ts';
import { image, onDay } from '../../support/timeline-entry-builders.ts';

const plan = {
  stages: ['rigid', 'affine'],
  preprocessing: { percentiles: [1, 99] },
  acceptance: { accepted: 0.8, review: 0.7, evidence: 'a test' },
};
const ffd = {
  method: 'ffd',
  cost: 'mutual-information',
  gridSpacingMm: 10,
  bendingWeight: 0.1,
  limits: { minimumJacobian: 0.3, inverseConsistencyMm: 1, evidence: 'a test' },
};
const problemsOf = (change: object): string[] =>
  registrationPlan
    .safeParse({ ...plan, ...change })
    .error!.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('a registration plan', () => {
  test('compares squared differences everywhere and does not deform, unless it says so', () => {
    expect(registrationPlan.parse(plan)).toMatchObject({
      cost: 'squared-difference',
      deformable: null,
      preprocessing: { compare: 'everything', matchHistogram: false, side: 'any' },
      acceptance: { measure: 'masked-ssim', judged: 'global' },
    });
  });

  test.each([
    ['stages out of order', { stages: ['affine', 'rigid'] }, 'stages: must run from rigid to affine, each once'],
    ['a stage twice', { stages: ['rigid', 'rigid'] }, 'stages: must run from rigid to affine, each once'],
    ['a deformation of nothing', { stages: [], deformable: ffd }, 'deformable: needs a global stage before it'],
    [
      'a final judgement without a deformation',
      { acceptance: { ...plan.acceptance, judged: 'final' } },
      'acceptance.judged: is final only with a deformation',
    ],
    [
      'a review threshold above the accepting one',
      { acceptance: { ...plan.acceptance, review: 0.9 } },
      'acceptance.review: must not be above accepted',
    ],
  ])('refuses %s', (_, change, problem) => {
    expect(problemsOf(change)).toEqual([problem]);
  });

  test('refuses a deformation whose limits do not say where they come from', () => {
    const { evidence: _, ...limits } = ffd.limits;
    expect(problemsOf({ deformable: { ...ffd, limits } }).join()).toContain('deformable.limits.evidence');
  });
});

describe('the input hash of a registration', () => {
  const [fixed, moving] = [image('1.2.3', onDay(1)).body, image('1.2.4', onDay(8)).body];
  const parsed = registrationPlan.parse({ ...plan, deformable: ffd });
  const hash = registrationInputHash(fixed, moving, parsed, 'method/1');

  test('is the same for what the store gives back in another order', () => {
    const turned = Object.fromEntries(Object.entries(fixed).reverse()) as unknown as typeof fixed;
    const geometry = Object.fromEntries(Object.entries(fixed.geometry).reverse()) as unknown as typeof fixed.geometry;
    expect(registrationInputHash({ ...turned, geometry }, moving, parsed, 'method/1')).toBe(hash);
  });

  test.each([
    ['the images change places', () => registrationInputHash(moving, fixed, parsed, 'method/1')],
    ['the method', () => registrationInputHash(fixed, moving, parsed, 'method/2')],
    [
      'a parameter of the deformation',
      () =>
        registrationInputHash(
          fixed,
          moving,
          registrationPlan.parse({ ...plan, deformable: { ...ffd, bendingWeight: 0.2 } }),
          'method/1',
        ),
    ],
    ['the polarity', () => registrationInputHash(fixed, { ...moving, isInverted: true }, parsed, 'method/1')],
    ['the side', () => registrationInputHash({ ...fixed, laterality: 'L' }, moving, parsed, 'method/1')],
  ])('changes with %s', (_, other) => {
    expect(other()).not.toBe(hash);
  });
});

describe('the shipped pipelines', async () => {
  const shipped = await loadDiseaseDefinitions(new URL('../../../diseases', import.meta.url).pathname);
  const of = (id: string) => shipped.get(id)!.registration;

  test('deform the breast and the abdomen, and measure the brain undeformed', () => {
    expect(of('breast-cancer-left-mammography')).toMatchObject({
      deformable: { method: 'ffd' },
      preprocessing: { side: 'pectoral', matchHistogram: true },
      acceptance: { judged: 'final' },
    });
    expect(of('breast-cancer-right-mammography')).toEqual(of('breast-cancer-left-mammography'));
    expect(of('liver-metastases-ct').deformable).not.toBeNull();
    expect(of('multiple-sclerosis-mri')).toMatchObject({ stages: ['rigid', 'affine'], deformable: null });
  });

  test('judge ultrasound by what the alignment adds, and take microscopy as it comes', () => {
    expect(of('thyroid-nodule-ultrasound').acceptance.measure).toBe('nmi-gain');
    expect(of('embryo-time-lapse-microscopy').stages).toEqual([]);
  });
});
