import { ATROPHY_GRIDS, openAtrophyRenderer } from '../../src/ml/cohorts/atrophy/render-atrophy-visit.ts';
import {
  ATROPHY_VARIABLES,
  type AtrophyPatient,
  type AtrophyVariable,
  counterfactualOf,
  simulateAtrophyCohort,
} from '../../src/ml/cohorts/atrophy/simulate-atrophy-patient.ts';
import { type Chart, type PictureStrip, svgPage } from '../judge/svg-chart.ts';
import { greyPicture } from './grey-picture.ts';

const SEED = 7;
const DAYS_PER_YEAR = 365.25;

/** The atrophy cohort: measured values of a few people, one of them with and without the drug, doses, images. */
export function atrophyPage(): string {
  const people = [...simulateAtrophyCohort({ seed: SEED, patients: 200 })];
  const long = people.filter(({ visits }) => visits.length >= 7);
  const shown = [true, false].flatMap((isTreated) =>
    long.filter((person) => hasDrug(person) === isTreated).slice(0, 3),
  );
  const keys = Object.keys(ATROPHY_VARIABLES) as AtrophyVariable[];
  const measured = keys.map((key): Chart => ({
    title: `${key}, measured`,
    x: 'years',
    y: ATROPHY_VARIABLES[key].unit,
    series: shown.map(({ index, visits, doses }) => ({
      name: `person ${index}${hasDrug({ doses }) ? ', treated' : ''}`,
      points: visits.flatMap(({ day, values }) =>
        values[key] === undefined ? [] : [{ x: day / DAYS_PER_YEAR, y: values[key] }],
      ),
    })),
  }));
  const example = people.find(
    ({ visits, parameters }) =>
      visits.length === 9 &&
      parameters.startLogit > -2 &&
      parameters.logitPerYear > 0.4 &&
      parameters.largestSlowing > 0.75,
  )!;
  const lastDay = example.visits.at(-1)!.day;
  const arms = [0, 3, 10].map((mgPerDay) => ({
    mgPerDay,
    patient: counterfactualOf(example, [{ fromDay: 0, toDay: lastDay, mgPerDay }]),
  }));
  const whatIf: Chart = {
    title: `Person ${example.index} under three doses, same noise`,
    x: 'years',
    y: 'cognitive score, true',
    series: arms.map(({ mgPerDay, patient }) => ({
      name: `${mgPerDay} mg a day`,
      points: patient.visits.map(({ day, truth }) => ({ x: day / DAYS_PER_YEAR, y: truth.cognitiveScore })),
    })),
  };
  return svgPage('Cohort (b): atrophy', [
    ...measured,
    whatIf,
    ...arms
      .filter(({ mgPerDay }) => mgPerDay !== 3)
      .map(({ mgPerDay, patient }) => images(`Person ${example.index}, ${mgPerDay} mg a day`, patient)),
  ]);
}

const hasDrug = ({ doses }: Pick<AtrophyPatient, 'doses'>): boolean => doses.some(({ mgPerDay }) => mgPerDay > 0);

function images(title: string, { seed, index, visits }: AtrophyPatient): PictureStrip {
  const renderer = openAtrophyRenderer(seed, index);
  const grid = ATROPHY_GRIDS.slice96;
  const [, height, width] = grid.shape;
  return {
    title: `${title} (slice through the ventricles)`,
    pictures: visits
      .map((visit, at) => ({ visit, at }))
      .filter(({ at }) => at % 2 === 0)
      .map(({ visit: { day, state, truth }, at }) => {
        const brain = { ventricleMl: truth.ventricleVolume, cortexMm: truth.corticalThickness, ...state };
        const { voxels } = renderer.render(at, brain, grid);
        return greyPicture(
          voxels,
          { width, height },
          [0, 900],
          `year ${(day / DAYS_PER_YEAR).toFixed(1)}: ${truth.ventricleVolume.toFixed(0)} mL`,
          1.4,
        );
      }),
  };
}
