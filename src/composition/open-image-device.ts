import type { Logger } from '../logger.ts';
import type { ChosenProvider } from '../ml/engine/choose-provider.ts';
import type { ImageDevice } from '../ml/forecasting/image/lesion-images.ts';
import { createWorkerProcess } from '../ml/worker-process.ts';

/** The graphics device of image forecasts, whose trial is told to the log; null where they stay on the processor. */
export function openImageDevice({ provider, isOnlyIfFaster }: ChosenProvider, logger: Logger): ImageDevice | null {
  if (provider === 'cpu') return null;
  return {
    process: createWorkerProcess(),
    provider,
    isOnlyIfFaster,
    onVerdict(verdict, model) {
      if (verdict.isUsed) {
        const speed = Math.round(100 * verdict.speed) / 100;
        logger.info({ model, provider, speed }, 'image forecasts are computed on the graphics device');
      } else {
        const { reason, cause: err } = verdict;
        logger.warn({ model, provider, reason, err }, 'image forecasts are computed on the processor');
      }
    },
  };
}
