import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Path of a real data set beside the repository; null where it is absent. */
export function sharedData(relative: string): string | null {
  const path = fileURLToPath(new URL(`../../../shared/data/${relative}`, import.meta.url));
  return existsSync(path) ? path : null;
}
