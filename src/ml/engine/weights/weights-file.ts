import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { ConfigurationError } from '../../../errors.ts';
import { decodeSafetensors, encodeSafetensors, type NamedArray } from './safetensors.ts';

const arraySpec = z.object({
  shape: z.array(z.int().positive()),
  dtype: z.enum(['float32', 'int32', 'bool']).optional(),
});

/** What a person must know of a network before it is used (Mitchell et al. 2019, Model cards for model reporting). */
export const MODEL_CARD = z.object({
  name: z.string().min(1).max(200),
  version: z.string().min(1).max(100),
  description: z.string().min(1).max(10_000),
  /** Name of the function that computes with the weights, and its settings. */
  architecture: z.object({ name: z.string().min(1), settings: z.record(z.string(), z.json()) }),
  inputs: z.record(z.string(), arraySpec),
  outputs: z.record(z.string(), arraySpec),
  trainedOn: z.string().min(1).max(10_000),
  intendedUse: z.string().min(1).max(10_000),
  limitations: z.string().min(1).max(10_000),
  licence: z.string().min(1).max(200),
  /** Measured on held-out data, by name. */
  metrics: z.record(z.string(), z.number()),
  /** The command that makes these weights again. */
  madeBy: z.string().min(1).max(1000),
  /** SHA-256 of the weights file, hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ModelCard = z.infer<typeof MODEL_CARD>;

export interface Weights {
  readonly arrays: ReadonlyMap<string, NamedArray>;
  readonly card: ModelCard;
}

const MAXIMUM_BYTES = 2 ** 31;
const MAXIMUM_CARD_BYTES = 2 ** 20;

/** Path of the card that lies beside a weights file. */
export function cardPath(weightsPath: string): string {
  return weightsPath.replace(/\.safetensors$/, '') + '.json';
}

/** Writes `NAME.safetensors` and its model card `NAME.json`; a reader sees the old pair or the new one, never a half-written file. */
export async function writeWeights(
  path: string,
  arrays: ReadonlyMap<string, NamedArray>,
  card: Omit<ModelCard, 'sha256'>,
): Promise<ModelCard> {
  const bytes = encodeSafetensors(arrays, new Map([['name', card.name], ['version', card.version]])); // prettier-ignore
  const complete = MODEL_CARD.parse({ ...card, sha256: createHash('sha256').update(bytes).digest('hex') });
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, bytes);
  await writeWhole(cardPath(path), new TextEncoder().encode(`${JSON.stringify(complete, null, 2)}\n`));
  return complete;
}

/**
 * Reads weights and their card.
 * @throws {ConfigurationError} when the card is not valid, when it was written for other weights, or when the weights
 *   file is not usable.
 */
export async function readWeights(path: string): Promise<Weights> {
  const card = MODEL_CARD.safeParse(parseJson(await readBounded(cardPath(path), 'the model card', MAXIMUM_CARD_BYTES)));
  if (!card.success) {
    throw new ConfigurationError(
      'the model card is not valid',
      card.error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`),
    );
  }
  const bytes = await readBounded(path, 'the weights file', MAXIMUM_BYTES);
  if (createHash('sha256').update(bytes).digest('hex') !== card.data.sha256) {
    throw new ConfigurationError('the weights file is not the one that its model card describes', [
      'its SHA-256 differs',
    ]);
  }
  return { arrays: decodeSafetensors(bytes).arrays, card: card.data };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

async function readBounded(path: string, what: string, maximum: number): Promise<Buffer> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw Object.assign(new ConfigurationError(`${what} cannot be read`, ['there is no such file']), { cause });
  });
  if (size > maximum)
    throw new ConfigurationError(`${what} cannot be read`, [`expected ${maximum} bytes at most, found ${size}`]);
  return readFile(path);
}

/** Writes beside and renames. */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, bytes);
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
