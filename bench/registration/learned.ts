import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { progressBar } from '../../scripts/progress-bar.ts';
import { ConfigurationError } from '../../src/errors.ts';
import { refineForPair } from '../../src/ml/registration/learned/instance-refinement.ts';
import { networkPair } from '../../src/ml/registration/learned/voxelmorph-deformation.ts';
import { readVoxelMorph, type VoxelMorphModel } from '../../src/ml/registration/learned/voxelmorph-model.ts';
import { openVoxelMorph } from '../../src/ml/registration/learned/voxelmorph-networks.ts';
import { spread, type BenchRow } from '../report.ts';
import type { PeerMap } from './elastix.ts';
import { mapError, type MapError } from './map-error.ts';
import { freeForm, globalAlignment, planWith, registerHere } from './ours.ts';
import type { BenchOptions, Findings } from './synthetic.ts';
import { syntheticPair, type SyntheticPair } from './synthetic-pair.ts';
import { loadTextures } from './textures.ts';

const MODELS = path.join(import.meta.dirname, '..', '..', 'models');
const GRID_SPACING_MM = 16;
const PAIRS = { full: 12, quick: 3 };

/** VoxelMorph, alone and refined for each pair, beside free-form deformation: on the same pairs, from the same alignment. */
export async function benchLearned({ quick, seed }: BenchOptions): Promise<Findings> {
  const model = await modelOfSlices();
  const textures = await loadTextures('256');
  if (model === null || textures.length === 0) {
    const notes = model === null ? ['no VoxelMorph model in models (npm run train -- registration)'] : [];
    return { rows: [], targets: [], notes };
  }
  const show = progressBar();
  const networks = openVoxelMorph(model);
  const measured = new Map<string, (MapError & { readonly processorMs: number })[]>();
  const keep = (subject: string, pair: SyntheticPair, { displacements, processorMs }: PeerMap): void => {
    measured.set(subject, [...(measured.get(subject) ?? []), { ...mapError(displacements, pair), processorMs }]);
  };
  const pairs = quick ? PAIRS.quick : PAIRS.full;
  const splines = freeForm('mutual-information', GRID_SPACING_MM);
  // The first pair compiles the network and warms up everyone; it is not counted.
  for (let number = -1; number < pairs; number++) {
    const texture = textures[(number + textures.length) % textures.length]!;
    const pair = syntheticPair(texture, { maximumDegrees: 10, isWarped: true }, seed, 'learned', number);
    for (const isRefined of [false, true]) {
      const found = await registerByNetwork(pair, isRefined);
      if (number >= 0) keep(isRefined ? 'VoxelMorph, refined for the pair' : 'VoxelMorph', pair, found);
    }
    const classical = registerHere(pair.fixed, pair.moving, planWith(splines));
    if (number >= 0) {
      keep('ours, FFD with MI', pair, classical);
      keep('ours, affine', pair, registerHere(pair.fixed, pair.moving, planWith(null)));
    }
    show('VoxelMorph beside FFD', (number + 1) / pairs);
  }
  await networks.close();
  return {
    rows: rowsOf(measured),
    targets: [],
    notes: [`VoxelMorph: ${model.version}, which learned from none of the images of this benchmark or their pairs`],
  };

  async function registerByNetwork({ fixed, moving }: SyntheticPair, isRefined: boolean): Promise<PeerMap> {
    const before = process.cpuUsage();
    const startedAt = performance.now();
    const { fixedLevels, movingLevels, transform } = globalAlignment(fixed, moving, planWith(null));
    const asked = networkPair(fixedLevels, movingLevels, transform);
    let field = asked.fieldOf(await networks.run(asked.shape, asked.fixed, asked.moving));
    if (isRefined) field = refineForPair(field, fixedLevels, movingLevels, splines);
    const used = process.cpuUsage(before);
    return {
      wallMs: performance.now() - startedAt,
      processorMs: (used.user + used.system) / 1000,
      displacements: field.vectorsMm,
    };
  }
}

/** The newest model of slices; null where there is none. */
async function modelOfSlices(): Promise<VoxelMorphModel | null> {
  const names = await readdir(MODELS).catch(() => []);
  for (const name of names
    .filter((file) => file.endsWith('.safetensors'))
    .sort()
    .reverse()) {
    try {
      const model = await readVoxelMorph(path.join(MODELS, name));
      if (model.settings.shape.length === 2) return model;
    } catch (error) {
      // Models of other architectures lie in the same folder.
      if (!(error instanceof ConfigurationError)) throw error;
    }
  }
  return null;
}

const METRICS = [
  ['target registration error', 'px', 'meanMm'],
  ['folded', '%', 'foldedPercent'],
  ['processor time', 'ms', 'processorMs'],
] as const;

const rowsOf = (measured: ReadonlyMap<string, (MapError & { readonly processorMs: number })[]>): BenchRow[] =>
  [...measured].flatMap(([subject, all]) =>
    METRICS.map(([metric, unit, key]): BenchRow => {
      const { value, low, high } = spread(all.map((one) => one[key]));
      return {
        case: `VoxelMorph against FFD, 256 x 256, ${all.length} pairs`,
        subject,
        metric,
        unit,
        value,
        low,
        high,
      };
    }),
  );
