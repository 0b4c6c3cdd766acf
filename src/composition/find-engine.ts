import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';
import { chooseProvider, type ChosenProvider } from '../ml/engine/choose-provider.ts';
import { describeEngineApart } from '../ml/engine/describe-engine-apart.ts';
import type { EngineDescription } from '../ml/engine/describe-engine.ts';

/** What the API says of the network engine. */
export interface EngineSummary {
  readonly engine: string;
  readonly device: string;
  readonly threads: number;
}

/** The engine as it was found, and what image forecasts are computed on. */
export interface FoundEngine {
  readonly summary: EngineSummary;
  readonly images: ChosenProvider;
}

const ON_THE_PROCESSOR: ChosenProvider = { provider: 'cpu', isOnlyIfFaster: false, missing: null };

/** The engine with its version, its providers, and the backend of TensorFlow.js. */
export function inWords({ engine, providers, eager }: EngineDescription): string {
  return `${engine} (${providers.join(', ')}), TensorFlow.js (${eager})`;
}

/** What image forecasts are computed on. */
export function imagesInWords({ provider, isOnlyIfFaster }: ChosenProvider): string {
  return `image forecasts on ${provider}${isOnlyIfFaster ? ' where it is faster' : ''}`;
}

/** Tries the network engine and logs what was found. A server without one still serves what it has. */
export async function findEngine(
  { computeThreads: threads, imageProvider }: Pick<Config, 'computeThreads' | 'imageProvider'>,
  logger: Logger,
): Promise<FoundEngine> {
  try {
    const description = await describeEngineApart();
    const images = chooseProvider(imageProvider, description);
    const engine = `${inWords(description)}, ${imagesInWords(images)}`;
    const summary = { engine, device: description.device, threads };
    logger.info({ ...summary, notHere: description.unavailable }, 'network engine');
    if (images.missing !== null) {
      logger.error({ provider: imageProvider, reason: images.missing }, 'image forecasts stay on the processor');
    }
    return { summary, images };
  } catch (err) {
    logger.error({ err }, 'network engine');
    return { summary: { engine: 'none that works', device: 'none', threads }, images: ON_THE_PROCESSOR };
  }
}
