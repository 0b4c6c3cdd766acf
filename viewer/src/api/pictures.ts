import { ApiError, send } from './graphql.ts';

/** One slice as the server drew it. */
export interface Slice {
  readonly path: string;
  readonly bitmap: ImageBitmap;
  /** 0 to 255, row by row. */
  readonly grey: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Enough for a hundred visits and a volume beside each other; a slice of 256 x 256 takes 320 kB. */
const KEPT = 240;
/** Fewer than the connections that a browser opens, so that what is wanted now never waits for what may be wanted. */
const AHEAD = 3;

const kept = new Map<string, { readonly coming: Promise<Slice>; slice: Slice | null }>();
let wantedAhead: string[] = [];
let fetchingAhead = 0;

/** What is displayed of a volume: slice number, and width and centre of the grey scale in the voxels' unit. */
export interface Display {
  readonly slice: number;
  readonly window: number;
  readonly level: number;
}

export function slicePath(pngPath: string, { slice, window, level }: Display): string {
  return `${pngPath}${pngPath.includes('?') ? '&' : '?'}colour=grey&slice=${slice}&window=${window}&level=${level}`;
}

/** A slice that is in memory; null where it would have to be fetched. */
export const sliceAtHand = (path: string | null): Slice | null =>
  path === null ? null : (kept.get(path)?.slice ?? null);

/** A slice by its path, from memory where it was seen lately; what can wait does, until what cannot has come. */
export function loadSlice(path: string, { canWait = false } = {}): Promise<Slice> {
  const entry = kept.get(path) ?? fetchIntoMemory(path, canWait);
  // Moved to the end: the one that was not asked for the longest is the first to go.
  kept.delete(path);
  kept.set(path, entry);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return entry.coming;
}

/** Settles when nothing is on its way that cannot wait. */
let urgent: Promise<unknown> = Promise.resolve();

function fetchIntoMemory(path: string, canWait: boolean) {
  const coming = canWait ? urgent.then(() => fetchSlice(path)) : fetchSlice(path);
  if (!canWait) urgent = Promise.allSettled([urgent, coming]);
  const entry: { coming: Promise<Slice>; slice: Slice | null } = { coming, slice: null };
  entry.coming.then(
    (slice) => (entry.slice = slice),
    () => kept.delete(path),
  );
  return entry;
}

/** Fetches what will probably be looked at next, instead of what was said before. */
export function loadAhead(paths: readonly string[]): void {
  wantedAhead = paths.filter((path) => !kept.has(path));
  fetchNextAhead();
}

function fetchNextAhead(): void {
  while (fetchingAhead < AHEAD) {
    const path = wantedAhead.shift();
    if (path === undefined) return;
    fetchingAhead++;
    void loadSlice(path, { canWait: true })
      .catch(() => undefined)
      .finally(() => {
        fetchingAhead--;
        fetchNextAhead();
      });
  }
}

async function fetchSlice(path: string): Promise<Slice> {
  const response = await send(path);
  if (!response.ok) {
    throw new ApiError(response.status === 403 ? 'You may not see pictures.' : 'The picture cannot be loaded.');
  }
  const bitmap = await createImageBitmap(await response.blob());
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) throw new ApiError('The picture cannot be drawn.');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = new Uint8ClampedArray(width * height);
  for (let index = 0; index < grey.length; index++) grey[index] = data[4 * index] ?? 0;
  return { path, bitmap, grey, width, height };
}
