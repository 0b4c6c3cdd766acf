import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { describeEngineApart } from '../ml/engine/describe-engine-apart.ts';
import type { EngineDescription } from '../ml/engine/describe-engine.ts';

/** What the API says of the network engine. */
export interface EngineSummary {
  readonly engine: string;
  readonly device: string;
  readonly threads: number;
}

/** The engine with its version, its providers, and the backend of TensorFlow.js. */
export function inWords({ engine, providers, eager }: EngineDescription): string {
  return `${engine} (${providers.join(', ')}), TensorFlow.js (${eager})`;
}

/** Tries the network engine and logs what was found. A server without one still serves what it has. */
export async function summariseEngine(
  { computeThreads: threads }: Pick<Config, 'computeThreads'>,
  logger: Logger,
): Promise<EngineSummary> {
  try {
    const description = await describeEngineApart();
    const summary = { engine: inWords(description), device: description.device, threads };
    logger.info({ ...summary, notHere: description.unavailable }, 'network engine');
    return summary;
  } catch (err) {
    logger.error({ err }, 'network engine');
    return { engine: 'none that works', device: 'none', threads };
  }
}
