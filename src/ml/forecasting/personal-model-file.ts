import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigurationError, DomainError } from '../../errors.ts';
import { learnedOfRecord, type LearnedPopulation, recordOfLearned } from './learned-population.ts';

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const sentence = z.string().min(1).max(10_000);

/** What a person must know of a model before it is used (Mitchell et al. 2019, Model cards for model reporting). */
const card = z.strictObject({
  name: z.string().min(1).max(200),
  version: z.string().min(1).max(100),
  description: sentence,
  disease: z.strictObject({ id: z.string().min(1), version: z.string().min(1) }),
  /** Of whom it was learned, as it reads after "learned from". */
  learnedFrom: sentence,
  patients: z.number().int().positive(),
  /** SHA-256 over the series of all patients in their order. */
  dataSha256: hash,
  /** SHA-256 over which patient was left out in which turn. */
  splitSha256: hash,
  seeds: z.array(z.number().int()),
  /** Which features are used, by the likelihood of validation patients, and why. */
  features: z.strictObject({
    chosen: z.string().min(1),
    reason: sentence,
    likelihoods: z
      .array(
        z.strictObject({
          candidate: z.string().min(1),
          numbers: z.number(),
          logLikelihoodPerValue: z.number(),
          patients: z.number().int(),
          values: z.number().int(),
        }),
      )
      .min(1)
      .readonly(),
  }),
  /** Measured on patients left out, by `VARIABLE after FROM d: MEASURE`. */
  metrics: z.record(z.string(), z.number()),
  intendedUse: sentence,
  limitations: sentence,
  licence: z.string().min(1).max(200),
  /** The command that makes this file again. */
  madeBy: z.string().min(1).max(1000),
});
export type PersonalModelCard = z.infer<typeof card>;

const file = z.strictObject({
  format: z.literal('sequela-personal-model'),
  version: z.literal(1),
  card,
  /** SHA-256 of the dynamics that the model is about: it is used for no others. */
  dynamicsSha256: hash,
  learned: z.unknown(),
});

/** A model with its card, as it lies in a file. */
export interface PersonalModelFile {
  readonly card: PersonalModelCard;
  readonly dynamicsSha256: string;
  /** Of the whole file. */
  readonly sha256: string;
  readonly learned: LearnedPopulation;
}

/** Ends the name of every file with a personal model. */
export const PERSONAL_MODEL_SUFFIX = '.personal.json';
const MAXIMUM_BYTES = 16 * 1024 * 1024;

/** The text of a model file. Deterministic: the same training gives the same bytes. */
export const encodePersonalModel = ({
  learned,
  dynamicsSha256,
  card: ofModel,
}: Omit<PersonalModelFile, 'sha256'>): string =>
  `${JSON.stringify({ format: 'sequela-personal-model', version: 1, card: ofModel, dynamicsSha256, learned: recordOfLearned(learned) })}\n`;

/** @throws {DomainError} INVALID_INPUT naming the field at fault. */
export function decodePersonalModel(bytes: Uint8Array): PersonalModelFile {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new DomainError('INVALID_INPUT', 'The model file is not JSON.', { field: 'model', cause });
  }
  const parsed = file.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw new DomainError(
      'INVALID_INPUT',
      `The model file: ${path.join('.') || 'the whole'} is not valid: ${message}.`,
      {
        field: 'model',
      },
    );
  }
  const { card: ofModel, dynamicsSha256, learned } = parsed.data;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { card: ofModel, dynamicsSha256, sha256, learned: learnedOfRecord(learned) };
}

/** A model file that was read and found good; its bytes travel to threads. */
export interface StoredPersonalModel {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/**
 * Reads the personal models of a folder, by the SHA-256 of the dynamics that they are about; of several the last by name. A folder
 * that does not exist has none.
 * @throws {ConfigurationError} naming every file that is no model.
 */
export async function loadPersonalModels(folder: string): Promise<ReadonlyMap<string, StoredPersonalModel>> {
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith(PERSONAL_MODEL_SUFFIX))
    .toSorted();
  const problems: string[] = [];
  const models = new Map<string, StoredPersonalModel>();
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    try {
      if (bytes.byteLength > MAXIMUM_BYTES)
        throw new DomainError('TOO_LARGE', `It is larger than ${MAXIMUM_BYTES} bytes.`);
      const { dynamicsSha256, sha256 } = decodePersonalModel(bytes);
      models.set(dynamicsSha256, { bytes: Uint8Array.from(bytes), sha256 });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      problems.push(`${name}: ${error.message}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError('The models have faults', problems);
  return models;
}
