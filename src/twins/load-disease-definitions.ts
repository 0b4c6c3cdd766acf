import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '../errors.ts';
import { parseDiseaseDefinition } from './disease-definition.ts';
import type { DiseaseDefinition } from './disease-definition.ts';
import type { DiseaseCatalogue } from './ports.ts';

const MAXIMUM_FILES = 500;
const MAXIMUM_BYTES = 262_144;

/**
 * Reads every `*.json` of a directory as a disease definition, in the order of the file names.
 * @throws {ConfigurationError} with every fault of every file: not readable, larger than 256 KiB, not a definition
 *   (each fault with its path in the file), an id used by two files; or no definition at all, or more than 500 files.
 */
export async function loadDiseaseDefinitions(directory: string): Promise<DiseaseCatalogue> {
  const names = await jsonNames(directory);
  const problems: string[] = [];
  const fileOf = new Map<string, string>();
  const catalogue = new Map<string, DiseaseDefinition>();
  for (const name of names) {
    try {
      const definition = parseDiseaseDefinition(name, await readBounded(join(directory, name), name));
      const first = fileOf.get(definition.id);
      if (first === undefined) {
        fileOf.set(definition.id, name);
        catalogue.set(definition.id, definition);
      } else {
        problems.push(`${name}: id "${definition.id}" is already used by ${first}`);
      }
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems.map((problem) => `${name}: ${problem}`));
    }
  }
  if (problems.length > 0) throw new ConfigurationError('The disease definitions have faults', problems);
  return catalogue;
}

async function jsonNames(directory: string): Promise<string[]> {
  let all: string[];
  try {
    all = await readdir(directory);
  } catch (cause) {
    throw new ConfigurationError('The directory of disease definitions cannot be read', [codeOf(cause)]);
  }
  const names = all.filter((name) => name.endsWith('.json')).toSorted();
  if (names.length === 0 || names.length > MAXIMUM_FILES) {
    throw new ConfigurationError('The directory of disease definitions is not usable', [
      `expected 1 to ${MAXIMUM_FILES} files that end in .json, found ${names.length}`,
    ]);
  }
  return names;
}

async function readBounded(path: string, name: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAXIMUM_BYTES) {
      throw new ConfigurationError(`${name} is too large`, [`expected at most ${MAXIMUM_BYTES} bytes, found ${size}`]);
    }
    return await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`${name} cannot be read`, [codeOf(cause)]);
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
}
