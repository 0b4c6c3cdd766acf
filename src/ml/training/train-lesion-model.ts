import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { imagedTumourCohort, VOXEL_ML } from '../cohorts/tumour/image-cohort.ts';
import { TUMOUR_IMAGE_SHAPE, TUMOUR_IMAGE_SPACING_MM } from '../cohorts/tumour/render-tumour-visit.ts';
import type { LesionModel } from '../forecasting/image/lesion-model.ts';
import { openLesionObserver } from '../forecasting/image/lesion-observer.ts';
import { openLesionPredictor } from '../forecasting/image/lesion-predictor.ts';
import { LESION_VOLUME } from '../forecasting/image/lesion-volume.ts';
import type { NetworkSettings } from '../forecasting/image/network-settings.ts';
import { fitPopulation } from '../forecasting/personal/fit-population.ts';
import type { PersonalSpec } from '../forecasting/personal/personal-spec.ts';
import { calibrateLesionModel } from './calibrate-lesion-model.ts';
import { type LesionObservers, type LesionRecord, recordLesion } from './lesion-records.ts';
import { PLANNED, standardisationOf, volumeSeriesOf } from './lesion-samples.ts';
import { type PatientSplit, splitByPatient } from './patient-split.ts';
import { progressLine } from './progress-line.ts';
import { keptRecords } from './record-store.ts';
import { trainLesionNetwork } from './train-lesion-network.ts';
import { trainLesionSegmenter } from './train-lesion-segmenter.ts';
import type { TrainedWeights } from './training-run.ts';

/** Side of the window around the lesion, in voxels: the largest lesion of the cohort and its oedema. */
const WINDOW = 56;
const SHARES = { validation: 0.16, test: 0.2 };

/** The network as it is shipped. */
export const LESION_NETWORK: NetworkSettings = {
  encoder: 'conv-lstm',
  attention: 'factorised',
  fusion: 'st-film',
  head: 'residual-displacement',
  time: 'real',
  frames: 4,
  height: WINDOW,
  width: WINDOW,
  channels: TUMOUR_IMAGE_SHAPE[0],
  guides: TUMOUR_IMAGE_SHAPE[0],
  variables: 4,
  treatments: PLANNED.length,
  targets: 3,
  stride: 4,
  hidden: 32,
  layers: 1,
  heads: 4,
  tubelet: 1,
  embedding: 16,
  features: 16,
  unitDays: 7,
};

/** How the lesion's volume moves: growth that slows with size, a drug that lingers, radiation that acts at once. */
const VOLUME_DYNAMICS: PersonalSpec = {
  timeUnitDays: 7,
  components: 2,
  statics: [],
  treatments: [
    { key: 'chemotherapy', unit: 75, halfLifeDays: 'learned' },
    { key: 'radiotherapy', unit: 2, halfLifeDays: 0 },
  ],
  variables: [
    {
      key: LESION_VOLUME,
      change: 'log',
      scale: 1,
      floor: VOXEL_ML / 2,
      plausible: [VOXEL_ML / 2, 3000],
      measurementSd: 0.03,
      features: [
        { kind: 'intercept' },
        { kind: 'log-state', variable: LESION_VOLUME, reference: 5, scale: 2 },
        { kind: 'carry-over', treatment: 'chemotherapy', direction: 'lowers' },
        { kind: 'dose', treatment: 'radiotherapy', direction: 'lowers' },
      ],
    },
  ],
};

export interface LesionTrainingOptions {
  readonly seed: number;
  readonly patients: number;
  readonly isNoisy: boolean;
  readonly segmenterSteps: number;
  readonly networkSteps: number;
  readonly tasksPerPatient: number;
  readonly network?: NetworkSettings;
  /** Weights of a segmenter that is trained already. */
  readonly segmenter?: Readonly<Record<string, Float32Array>>;
  /** Checkpoints lie here and are continued from. */
  readonly folder?: string;
}

export interface TrainedLesionModel {
  readonly model: Omit<LesionModel, 'version'>;
  readonly split: PatientSplit;
  readonly records: Readonly<Record<'train' | 'validation' | 'test', readonly LesionRecord[]>>;
  readonly observers: LesionObservers;
  readonly trained: TrainedWeights;
}

/**
 * Trains everything that an image forecast of a lesion needs, on a simulated cohort split by patient: the segmenter, the population
 * model of the volumes that it sees, the network on the windows, and its calibration on validation patients.
 * @param log told what is being done, line by line.
 */
export async function trainLesionModel(
  options: LesionTrainingOptions,
  log: (line: string) => void = () => undefined,
): Promise<TrainedLesionModel> {
  const { seed, patients, isNoisy, network = LESION_NETWORK, folder } = options;
  const { segmenterSteps, networkSteps, tasksPerPatient } = options;
  const ofSegmenter = JSON.stringify({ seed, patients, segmenterSteps });
  const ofRecords = JSON.stringify({ ofSegmenter, isNoisy, window: network.height });
  const ofNetwork = JSON.stringify({ ofRecords, network, networkSteps, tasksPerPatient });
  const at = (name: string): { readonly checkpoint?: string } =>
    folder === undefined ? {} : { checkpoint: join(folder, `${name}.safetensors`) };
  const cohort = imagedTumourCohort(seed, patients);
  const split = splitByPatient(
    cohort.map(({ key }) => key),
    seed,
    SHARES,
  );
  const partOf = (part: 'train' | 'validation' | 'test') => cohort.filter(({ key }) => split.parts[part].includes(key));
  const segmenter =
    options.segmenter ??
    (
      await trainLesionSegmenter(
        { train: partOf('train'), validation: partOf('validation') },
        { seed, steps: segmenterSteps, identity: ofSegmenter, ...at('segmenter') },
        (report) => report.point !== null && log(progressLine('segmenter', report)),
      )
    ).weights;
  const observers = await openLesionObservers(segmenter, network);
  const recordAll = async (part: 'train' | 'validation' | 'test'): Promise<LesionRecord[]> => {
    const records: LesionRecord[] = [];
    for (const patient of partOf(part)) {
      const record = await recordLesion(patient, observers, { isNoisy, window: network.height });
      if (record !== null) records.push(record);
    }
    log(`${part}: ${records.length} patients, ${records.reduce((sum, { images }) => sum + images.length, 0)} images`);
    return records;
  };
  const kept = folder === undefined ? undefined : join(folder, `records-${isNoisy ? 'noisy' : 'clean'}.bin`);
  const records = await keptRecords(kept, ofRecords, async () => ({
    train: await recordAll('train'),
    validation: await recordAll('validation'),
    test: await recordAll('test'),
  }));
  const { model: volumes } = fitPopulation(records.train.map(volumeSeriesOf), VOLUME_DYNAMICS, { seed });
  log(`volume model of ${volumes.evidence.patients} patients, error ${volumes.measurementSds[0]!.toFixed(3)}`);
  const standards = standardisationOf(records.train);
  const trained = await trainLesionNetwork(
    {
      ...records,
      settings: network,
      volumes,
      standards,
      tasksPerPatient,
      steps: networkSteps,
      seed,
      identity: ofNetwork,
      ...at(`network-${createHash('sha256').update(ofNetwork).digest('hex').slice(0, 12)}`),
    },
    (report) =>
      report.point !== null && log(`${progressLine('network', report)}  ${report.point.validationLoss.toFixed(4)}`),
  );
  const predictor = openLesionPredictor(network, trained.weights);
  const { frames, unitDays } = network;
  const bins = await calibrateLesionModel(records.validation, predictor, observers.window, {
    volumes,
    standards,
    frames,
    unitDays,
    seed,
  });
  await predictor.dispose();
  return {
    model: {
      network,
      variables: standards,
      treatments: PLANNED,
      volumes,
      voxelMl: VOXEL_ML,
      imageShape: TUMOUR_IMAGE_SHAPE,
      imageSpacingMm: TUMOUR_IMAGE_SPACING_MM,
      bins,
      weights: { ...segmenter, ...trained.weights },
    },
    split,
    records,
    observers,
    trained,
  };
}

/** Opens the segmenter on whole images of the cohort and on the network's windows. */
export const openLesionObservers = async (
  segmenter: Readonly<Record<string, Float32Array>>,
  { height, width }: Pick<NetworkSettings, 'height' | 'width'>,
): Promise<LesionObservers> => ({
  whole: await openLesionObserver(segmenter, TUMOUR_IMAGE_SHAPE),
  window: await openLesionObserver(segmenter, [TUMOUR_IMAGE_SHAPE[0], height, width]),
});
