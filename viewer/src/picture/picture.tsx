import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { loadSlice, type Slice, sliceAtHand } from '../api/pictures.ts';
import { createLinkedViews, type LinkedViews, moveBy, type Place, zoomTo } from './viewport.ts';
import { overlayPixels, type OverlayKind } from './overlay.ts';

export interface PictureProps {
  /** Path of the slice, with its window and level; null while nothing is to be shown. */
  readonly path: string | null;
  /** What is seen; empty where something around it says so. */
  readonly label: string;
  readonly overlay?: { readonly path: string; readonly kind: OverlayKind } | null;
  /** Called with each slice of the overlay. */
  readonly onOverlay?: (slice: Slice) => void;
  readonly views?: LinkedViews;
  /** Of a wheel turn, one slice further or back. */
  readonly onScroll?: (step: 1 | -1) => void;
  /** True for a picture that is nothing to wait for, such as a thumbnail. */
  readonly canWait?: boolean;
  readonly class?: string;
}

/**
 * A slice: at once where it is in memory; else the newest that has arrived. What was shown before stays until then, and
 * nothing overtakes.
 */
function useSlice(path: string | null, canWait: boolean): { slice: Slice | null; error: string | null } {
  const [arrived, setArrived] = useState<{ slice: Slice | null; error: string | null }>({ slice: null, error: null });
  const atHand = sliceAtHand(path);
  useEffect(() => {
    if (path === null) return setArrived({ slice: null, error: null });
    let isWanted = true;
    loadSlice(path, { canWait }).then(
      (slice) => isWanted && setArrived({ slice, error: null }),
      (error: unknown) =>
        isWanted && setArrived({ slice: null, error: error instanceof Error ? error.message : String(error) }),
    );
    return () => void (isWanted = false);
  }, [path]);
  if (path === null) return { slice: null, error: null };
  return atHand === null ? arrived : { slice: atHand, error: null };
}

/** A picture on a canvas, with an overlay where one is asked for. */
export function Picture({ path, label, overlay, onOverlay, views, onScroll, canWait = false, ...props }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const own = useRef<LinkedViews | null>(null);
  const linked = views ?? (own.current ??= createLinkedViews());
  const { slice, error } = useSlice(path, canWait);
  const { slice: overlaid } = useSlice(overlay?.path ?? null, canWait);
  const kind = overlay?.kind ?? null;
  useEffect(() => {
    if (overlaid !== null) onOverlay?.(overlaid);
  }, [overlaid]);

  // Before the browser paints: what the slider says and what the picture shows change in the same frame.
  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const colours = kind === null || overlaid === null ? null : toCanvas(overlayPixels(overlaid, kind));
    let frame = 0;
    const draw = (): void => {
      frame = 0;
      drawPicture(element, slice, colours, linked);
      element.dataset['drawn'] = slice?.path ?? '';
    };
    const redraw = (): void => {
      frame ||= requestAnimationFrame(draw);
    };
    draw();
    const observer = new ResizeObserver(redraw);
    observer.observe(element);
    const stops = [linked.viewport.subscribe(redraw), linked.cursor.subscribe(redraw)];
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
      for (const stop of stops) stop();
    };
  }, [slice, overlaid, kind, linked]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null || views === undefined) return;
    return followPointer(element, views, onScroll);
  }, [views, onScroll]);

  return (
    <div class={`picture ${props.class ?? ''}`}>
      <canvas ref={canvas} {...(label === '' ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })} />
      {error !== null && <p class="picture-trouble">{error}</p>}
    </div>
  );
}

function toCanvas(pixels: ImageData): OffscreenCanvas {
  const canvas = new OffscreenCanvas(pixels.width, pixels.height);
  canvas.getContext('2d')?.putImageData(pixels, 0, 0);
  return canvas;
}

function drawPicture(
  element: HTMLCanvasElement,
  slice: Slice | null,
  overlay: OffscreenCanvas | null,
  { viewport, cursor }: LinkedViews,
): void {
  const side = Math.round(element.clientWidth * devicePixelRatio);
  const high = Math.round(element.clientHeight * devicePixelRatio);
  if (element.width !== side) element.width = side;
  if (element.height !== high) element.height = high;
  const context = element.getContext('2d');
  if (context === null) return;
  context.fillStyle = '#000';
  context.fillRect(0, 0, side, high);
  if (slice === null) return;
  const { left, top, width, height } = placement(element, slice, viewport.get());
  context.imageSmoothingQuality = 'high';
  context.drawImage(slice.bitmap, left, top, width, height);
  if (overlay !== null) context.drawImage(overlay, left, top, width, height);
  const at = cursor.get();
  if (at === null) return;
  const [x, y] = [left + at.x * width, top + at.y * height];
  context.strokeStyle = '#7fe3ff';
  context.lineWidth = devicePixelRatio;
  context.beginPath();
  for (const [x0, y0, x1, y1] of [
    [x, 0, x, y - 8],
    [x, y + 8, x, high],
    [0, y, x - 8, y],
    [x + 8, y, side, y],
  ] as const) {
    context.moveTo(x0, y0);
    context.lineTo(x1, y1);
  }
  context.stroke();
}

/** Where the whole slice would lie on the canvas, in its pixels. */
function placement(
  element: HTMLCanvasElement,
  { width: w, height: h }: Slice,
  { zoom, x, y }: { zoom: number; x: number; y: number },
) {
  const scale = Math.min(element.width / w, element.height / h) * zoom;
  const [width, height] = [w * scale, h * scale];
  return { left: element.width / 2 - x * width, top: element.height / 2 - y * height, width, height };
}

/** Wheel: slices, or zoom with Ctrl. Drag: moves. The keyboard has the same in the controls beside the pictures. */
function followPointer(
  element: HTMLCanvasElement,
  { viewport, cursor }: LinkedViews,
  onScroll: PictureProps['onScroll'],
): () => void {
  const placeOf = (event: MouseEvent): NonNullable<Place> => {
    const box = element.getBoundingClientRect();
    const { zoom, x, y } = viewport.get();
    // Square pictures fill the box; others are so near that a cursor is still where the eye expects it.
    return {
      x: x + ((event.clientX - box.left) / box.width - 0.5) / zoom,
      y: y + ((event.clientY - box.top) / box.height - 0.5) / zoom,
    };
  };
  let isDragging = false;
  const listeners = {
    pointerdown: (event: PointerEvent) => {
      isDragging = viewport.get().zoom > 1;
      element.setPointerCapture(event.pointerId);
    },
    pointerup: () => void (isDragging = false),
    pointermove: (event: PointerEvent) => {
      if (isDragging) moveBy(viewport, event.movementX / element.clientWidth, event.movementY / element.clientHeight);
      cursor.set(placeOf(event));
    },
    pointerleave: () => cursor.set(null),
    wheel: (event: WheelEvent) => {
      const isZoom = event.ctrlKey || event.metaKey;
      if (!isZoom && onScroll === undefined) return;
      event.preventDefault();
      if (isZoom) zoomTo(viewport, viewport.get().zoom * Math.exp(-event.deltaY / 200), placeOf(event));
      else onScroll?.(event.deltaY > 0 ? 1 : -1);
    },
  };
  for (const [name, listener] of Object.entries(listeners)) {
    element.addEventListener(name, listener as EventListener, { passive: false });
  }
  return () => {
    for (const [name, listener] of Object.entries(listeners)) {
      element.removeEventListener(name, listener as EventListener);
    }
  };
}
