import { renderTumourVisit, TUMOUR_IMAGE_SHAPE } from '../../src/ml/cohorts/tumour/render-tumour-visit.ts';
import { simulateTumourPatient, type TumourCourse } from '../../src/ml/cohorts/tumour/simulate-tumour-patient.ts';
import { benchmarkPolicy, prescribedDoses, weeklyPolicy } from '../../src/ml/cohorts/tumour/treatment-policy.ts';
import type { DailyDoses } from '../../src/ml/cohorts/tumour/tumour-dynamics.ts';
import { type Chart, type ChartSeries, type PictureStrip, svgPage } from '../judge/svg-chart.ts';
import { greyPicture } from './grey-picture.ts';

const SEED = 7;
const DAYS = 60;
const PLANS: Readonly<Record<string, DailyDoses>> = {
  nothing: { chemoUnits: 0, radioGy: 0 },
  'drug weekly': { chemoUnits: 5, radioGy: 0 },
  'radiation weekly': { chemoUnits: 0, radioGy: 2 },
  'both weekly': { chemoUnits: 5, radioGy: 2 },
};

/** The tumour cohort: courses, the same patient under four plans, how often who is treated, images. */
export function tumourPage(): string {
  const treated = (gamma: number): TumourCourse[] =>
    Array.from({ length: 300 }, (_, index) =>
      simulateTumourPatient(SEED, index, { days: DAYS, policy: benchmarkPolicy(gamma) }),
    );
  const courses = Array.from({ length: 10 }, (_, index) =>
    simulateTumourPatient(SEED, index, { days: DAYS, policy: weeklyPolicy(2) }),
  );
  const imaged = imagedIndex();
  const plans = Object.entries(PLANS).map(([name, doses]) => ({
    name,
    course: simulateTumourPatient(SEED, imaged, {
      days: DAYS,
      policy: prescribedDoses(Array.from({ length: DAYS }, (_, day) => (day % 7 === 1 ? doses : PLANS['nothing']!))),
    }),
  }));
  const volumes = (name: string, { days }: TumourCourse): ChartSeries => ({
    name,
    points: days.map(({ day, volumeCm3 }) => ({ x: day, y: volumeCm3 })),
  });
  const charts: Chart[] = [
    {
      title: 'Volumes under weekly treatment (gamma 2)',
      x: 'day',
      y: 'log10 of cm3',
      series: courses.map((course, index) => ({
        name: `patient ${index}, type ${course.parameters.type}`,
        points: course.days
          .filter(({ volumeCm3 }) => volumeCm3 > 1e-4)
          .map(({ day, volumeCm3 }) => ({ x: day, y: Math.log10(volumeCm3) })),
      })),
    },
    {
      title: `Patient ${imaged} under four plans, same noise`,
      x: 'day',
      y: 'cm3',
      yFromZero: true,
      series: plans.map(({ name, course }) => volumes(name, course)),
    },
    {
      title: 'Who is treated: days with radiation by diameter',
      x: 'mean diameter of 15 days (cm)',
      y: 'part of days',
      yFromZero: true,
      series: [0, 1, 2, 3, 4].map((gamma) => ({ name: `gamma ${gamma}`, points: treatedByDiameter(treated(gamma)) })),
    },
    {
      title: 'Sensitivity to radiation and growth (prior)',
      x: 'alpha',
      y: 'rho',
      series: [1, 2, 3].map((type) => ({
        name: `type ${type}`,
        isPoints: true,
        points: treated(0)
          .filter(({ parameters }) => parameters.type === type)
          .map(({ parameters: { alpha, rho } }) => ({ x: alpha, y: rho })),
      })),
    },
  ];
  return svgPage('Cohort (a): tumour under chemo- and radiotherapy', [
    ...charts,
    images('Weekly visits without treatment', plans[0]!.course),
    images('The same patient under both', plans[3]!.course),
  ]);
}

/** A patient whose tumour stays imageable and answers. */
function imagedIndex(): number {
  for (let index = 0; ; index += 1) {
    const { days, parameters } = simulateTumourPatient(SEED, index, { days: DAYS, policy: prescribedDoses([]) });
    const [first, last] = [days[0]!.volumeCm3, days.at(-1)!.volumeCm3];
    if (first > 8 && first < 15 && last < 45 && last > 1.5 * first && parameters.alpha > 0.05) return index;
  }
}

function treatedByDiameter(courses: readonly TumourCourse[]): ChartSeries['points'] {
  const bins = Array.from({ length: 13 }, () => ({ days: 0, treated: 0 }));
  for (const { days } of courses) {
    days.slice(1).forEach(({ day, radioGy }) => {
      const recent = days.slice(Math.max(0, day - 15), day);
      const mean = recent.reduce((sum, { diameterCm }) => sum + diameterCm / recent.length, 0);
      const bin = bins[Math.min(12, Math.floor(mean))]!;
      bin.days += 1;
      bin.treated += Number(radioGy > 0);
    });
  }
  return bins.flatMap(({ days, treated }, bin) => (days < 100 ? [] : [{ x: bin + 0.5, y: treated / days }]));
}

function images(title: string, { seed, index, days }: TumourCourse): PictureStrip {
  const [depth, height, width] = TUMOUR_IMAGE_SHAPE;
  const shown = [0, 2, 4, 6, 8].map((visit) => ({ visit, day: days[Math.min(7 * visit, days.length - 1)]! }));
  const first = renderTumourVisit(seed, index, 0, days[0]!.volumeCm3).lesion;
  const areas = Array.from({ length: depth }, (_, slice) =>
    first.subarray(slice * height * width, (slice + 1) * height * width).reduce((sum, share) => sum + share, 0),
  );
  const slice = areas.indexOf(Math.max(...areas));
  return {
    title: `${title} (middle slice of the lesion, pose and scanner noise of each visit)`,
    pictures: shown.map(({ visit, day }) => {
      const { voxels } = renderTumourVisit(seed, index, visit, day.volumeCm3);
      const pixels = voxels.subarray(slice * height * width, (slice + 1) * height * width);
      return greyPicture(pixels, { width, height }, [0, 1100], `day ${day.day}: ${day.volumeCm3.toFixed(1)} cm3`);
    }),
  };
}
