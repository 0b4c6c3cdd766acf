import type { TimelineEntry } from '../twins/timeline.ts';
import type { Loaders } from './loaders.ts';

/** The timeline entries of these ids, in their order. */
export async function loadEntries(loaders: Loaders, ids: readonly string[]): Promise<TimelineEntry[]> {
  const entries = await Promise.all(ids.map((id) => loaders.entry.load(id)));
  return entries.filter((entry) => entry !== null);
}
