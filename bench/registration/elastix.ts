import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encodeMetaImage } from '../../src/integrations/image-files/write-meta-image.ts';
import { readFieldMetaImage } from '../../src/ml/registration/transform-files/field-meta-image.ts';
import type { Volume } from '../../src/twins/volume.ts';
import { measureProcess, type Elapsed } from './measured-process.ts';

/** A parameter map of elastix: values by name, as text. */
export type ParameterMap = Readonly<Record<string, readonly string[]>>;

export interface ElastixOptions {
  readonly stages: readonly ('rigid' | 'affine' | 'bspline')[];
  /** Null: as many as the default, 256. */
  readonly iterations: number | null;
  /** Of the finest grid, in mm. */
  readonly gridSpacingMm: number;
}

/** A map that a peer found, and how long it took. */
export interface PeerMap extends Elapsed {
  /** Planar [3][D,H,W], mm. */
  readonly displacements: Float32Array;
}

/** Whether the programs of elastix are there, and which version. */
export function elastixVersion(): string | null {
  try {
    return execFileSync('elastix', ['--version'], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** The default parameter maps of elastix, as its authors ship them, with three resolutions. */
export async function elastixParameters({
  stages,
  iterations,
  gridSpacingMm,
}: ElastixOptions): Promise<ParameterMap[]> {
  const { defaultParameterMapNode } = await import('@itk-wasm/elastix');
  const maps: ParameterMap[] = [];
  for (const stage of stages) {
    const { parameterMap } = (await defaultParameterMapNode(stage, {
      numberOfResolutions: 3,
      finalGridSpacing: gridSpacingMm,
    })) as { parameterMap: ParameterMap };
    maps.push({
      ...parameterMap,
      ...(iterations === null ? {} : { MaximumNumberOfIterations: [String(iterations)] }),
      RandomSeed: ['121212'],
      WriteResultImage: ['false'],
    });
  }
  return maps;
}

/**
 * Registers by the native program, on one thread. Its processor time includes the start of the program and the reading of two
 * uncompressed files; the map is written afterwards and not measured.
 */
export async function registerByElastix(fixed: Volume, moving: Volume, options: ElastixOptions): Promise<PeerMap> {
  const parameters = await elastixParameters(options);
  return inFolder(async (folder) => {
    writePair(folder, fixed, moving);
    const files = parameters.map((map, index) => {
      const file = path.join(folder, `p${index}.txt`);
      writeFileSync(
        file,
        parameterText({ ...map, FixedInternalImagePixelType: ['float'], MovingInternalImagePixelType: ['float'] }),
      );
      return file;
    });
    const [fixedFile, movingFile] = ['fixed.mha', 'moving.mha'].map((name) => path.join(folder, name)) as [
      string,
      string,
    ];
    const asked = files.flatMap((file) => ['-p', file]);
    const elapsed = await measureProcess(
      'elastix',
      ['-f', fixedFile, '-m', movingFile, '-out', folder, '-threads', '1'].concat(asked),
    );
    const displacements = await fieldOfTransform(folder, `TransformParameters.${parameters.length - 1}.txt`);
    return { ...elapsed, displacements };
  });
}

/** The map of transform parameters (one per stage, each on top of the one before) on the grid of the fixed image. */
export async function fieldOfParameterMaps(maps: readonly ParameterMap[]): Promise<Float32Array> {
  return inFolder((folder) => {
    maps.forEach((map, index) => {
      const initial = index === 0 ? 'NoInitialTransform' : path.join(folder, `t${index - 1}.txt`);
      const { InitialTransformParameterFileName: _, InitialTransformParametersFileName: __, ...rest } = map;
      const text = parameterText({
        ...rest,
        InitialTransformParametersFileName: [initial],
        ResultImageFormat: ['mha'],
      });
      writeFileSync(path.join(folder, `t${index}.txt`), text);
    });
    return fieldOfTransform(folder, `t${maps.length - 1}.txt`);
  });
}

async function fieldOfTransform(folder: string, file: string): Promise<Float32Array> {
  const text = path.join(folder, file);
  // The field is written in the format of the result image.
  writeFileSync(text, readFileSync(text, 'utf8').replace(/\(ResultImageFormat "\w+"\)/, '(ResultImageFormat "mha")'));
  await measureProcess('transformix', ['-def', 'all', '-tp', text, '-out', folder]);
  const bytes = new Uint8Array(readFileSync(path.join(folder, 'deformationField.mha')));
  return readFieldMetaImage(bytes).vectorsMm;
}

/** Runs `work` with a folder that is gone afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'registration-peer-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes `fixed.mha` and `moving.mha`. */
export function writePair(folder: string, fixed: Volume, moving: Volume): void {
  writeFileSync(path.join(folder, 'fixed.mha'), encodeMetaImage(fixed));
  writeFileSync(path.join(folder, 'moving.mha'), encodeMetaImage(moving));
}

function parameterText(map: ParameterMap): string {
  const quoted = (value: string): string => (/^-?[\d.]+(?:e[-+]?\d+)?$/i.test(value) ? value : `"${value}"`);
  return Object.entries(map)
    .map(([name, values]) => `(${name} ${values.map(quoted).join(' ')})\n`)
    .join('');
}
