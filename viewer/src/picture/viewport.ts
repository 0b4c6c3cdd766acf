import { createStore, type Store } from '../page/store.ts';

/** What several pictures beside each other show together. */
export interface Viewport {
  /** 1 fits the picture into its box. */
  readonly zoom: number;
  /** Centre of what is shown, 0 to 1 of width and height. */
  readonly x: number;
  readonly y: number;
}

/** A place in the picture, 0 to 1 of width and height; null where the pointer is elsewhere. */
export type Place = { readonly x: number; readonly y: number } | null;

/** The views of one panel of pictures move together, and a cursor in one is seen in all. */
export interface LinkedViews {
  readonly viewport: Store<Viewport>;
  readonly cursor: Store<Place>;
}

export const MAX_ZOOM = 12;
const WHOLE: Viewport = { zoom: 1, x: 0.5, y: 0.5 };

export const createLinkedViews = (): LinkedViews => ({
  viewport: createStore<Viewport>(WHOLE),
  cursor: createStore<Place>(null),
});

export function zoomTo(viewport: Store<Viewport>, zoom: number, around: NonNullable<Place> | null = null): void {
  const { zoom: before, x, y } = viewport.get();
  const next = Math.min(Math.max(zoom, 1), MAX_ZOOM);
  const keep = around ?? { x, y };
  // What lies under the pointer stays under it.
  const shrink = before / next;
  viewport.set(within({ zoom: next, x: keep.x + (x - keep.x) * shrink, y: keep.y + (y - keep.y) * shrink }));
}

export function moveBy(viewport: Store<Viewport>, dx: number, dy: number): void {
  const { zoom, x, y } = viewport.get();
  viewport.set(within({ zoom, x: x - dx / zoom, y: y - dy / zoom }));
}

export const showWhole = (viewport: Store<Viewport>): void => viewport.set(WHOLE);

function within({ zoom, x, y }: Viewport): Viewport {
  const half = 0.5 / zoom;
  const clamp = (value: number): number => Math.min(Math.max(value, half), 1 - half);
  return { zoom, x: clamp(x), y: clamp(y) };
}
