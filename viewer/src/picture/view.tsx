import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PictureFragment } from '../api/operations.ts';
import { type Display, type Slice, slicePath } from '../api/pictures.ts';
import { extentOf, pathOf, sliceCount } from './display.ts';
import { isBeyondScale, type OverlayKind, overlayDisplay } from './overlay.ts';
import { Picture } from './picture.tsx';
import { Scale } from './scale.tsx';
import type { LinkedViews } from './viewport.ts';

interface ViewProps {
  readonly picture: PictureFragment;
  readonly overlay?: {
    readonly picture: PictureFragment;
    readonly kind: OverlayKind;
    readonly isShown: boolean;
    /** Highest absolute value of the overlay, where it is known. */
    readonly highest?: number;
  };
  readonly title: string;
  readonly detail: ComponentChildren;
  readonly label: string;
  readonly class?: string;
  readonly display: Display;
  readonly views: LinkedViews;
  readonly onScroll: (step: 1 | -1) => void;
}

/** One picture of a panel with what it is. */
export function View({ picture, overlay, title, detail, label, display, views, onScroll, ...props }: ViewProps) {
  // The range that the server displays leaves the extremes out, and of a small lesion little else is left.
  const [extent, setExtent] = useState(overlay === undefined ? 0 : (overlay.highest ?? extentOf(overlay.picture)));
  const overlaid =
    overlay?.isShown === true
      ? { path: overlayPath(overlay.picture, overlay.kind, extent, display.slice), kind: overlay.kind }
      : null;
  const widen = (slice: Slice): void => {
    if (overlay !== undefined && slice.path === overlaid?.path && isBeyondScale(slice, overlay.kind)) {
      setExtent(extent > 0 ? 2 * extent : 1);
    }
  };
  return (
    <figure class={`view ${props.class ?? ''}`}>
      <Picture
        class="linked"
        path={pathOf(picture, display)}
        overlay={overlaid}
        onOverlay={widen}
        {...{ label, views, onScroll }}
      />
      <figcaption>
        <strong>{title}</strong>
        <span>{detail}</span>
      </figcaption>
      {overlay !== undefined && <Scale kind={overlay.kind} extent={extent} />}
    </figure>
  );
}

const overlayPath = (picture: PictureFragment, kind: OverlayKind, extent: number, slice: number): string =>
  slicePath(picture.pngPath, { ...overlayDisplay(kind, extent), slice: Math.min(slice, sliceCount(picture) - 1) });
