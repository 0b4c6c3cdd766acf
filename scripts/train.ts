/**
 * `npm run train -- DISEASE [--model NAME] [options]`, `npm run train -- SUBJECT [options]`: trains a model version and
 * registers it in a folder. Every trainer is a file of `scripts/train`; a disease is trained by `personal` unless
 * `--model` names another.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { ConfigurationError, DomainError } from '../src/errors.ts';

const trainers = readdirSync(path.join(import.meta.dirname, 'train'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const diseases = readdirSync(path.join(import.meta.dirname, '..', 'diseases'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

const [subject, ...rest] = process.argv.slice(2);
const modelAt = rest.indexOf('--model');
const isDisease = subject !== undefined && diseases.includes(subject);
const trainer = isDisease ? (modelAt < 0 ? 'personal' : rest[modelAt + 1]) : subject;
if (subject === undefined || trainer === undefined || !trainers.includes(trainer)) {
  console.error(
    `usage: npm run train -- DISEASE [--model NAME] [options]\n  DISEASE: ${diseases.join(', ')}\n  NAME: ${trainers.join(', ')}\n  npm run train -- NAME --help tells the options`,
  );
  process.exit(2);
}
const options = modelAt < 0 ? rest : rest.toSpliced(modelAt, 2);
const { default: train } = (await import(`./train/${trainer}.ts`)) as {
  default: (args: readonly string[]) => Promise<void>;
};
try {
  await train(isDisease ? [subject, ...options] : options);
} catch (error) {
  if (!(error instanceof DomainError || error instanceof ConfigurationError)) throw error;
  console.error(error.message);
  if (error instanceof ConfigurationError) for (const problem of error.problems) console.error(`  ${problem}`);
  process.exitCode = 1;
}
