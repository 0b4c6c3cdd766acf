import type { ComponentChildren } from 'preact';
import type { PictureFragment } from '../api/operations.ts';
import { type Display, slicePath } from '../api/pictures.ts';
import { extentOf, pathOf, sliceCount } from './display.ts';
import { type OverlayKind, overlayDisplay } from './overlay.ts';
import { Picture } from './picture.tsx';
import { Scale } from './scale.tsx';
import type { LinkedViews } from './viewport.ts';

interface ViewProps {
  readonly picture: PictureFragment;
  readonly overlay?: { readonly picture: PictureFragment; readonly kind: OverlayKind; readonly isShown: boolean };
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
  const overlaid =
    overlay?.isShown === true
      ? { path: overlayPath(overlay.picture, overlay.kind, display.slice), kind: overlay.kind }
      : null;
  return (
    <figure class={`view ${props.class ?? ''}`}>
      <Picture class="linked" path={pathOf(picture, display)} overlay={overlaid} {...{ label, views, onScroll }} />
      <figcaption>
        <strong>{title}</strong>
        <span>{detail}</span>
      </figcaption>
      {overlay !== undefined && <Scale kind={overlay.kind} extent={extentOf(overlay.picture)} />}
    </figure>
  );
}

const overlayPath = (picture: PictureFragment, kind: OverlayKind, slice: number): string =>
  slicePath(picture.pngPath, {
    ...overlayDisplay(kind, extentOf(picture)),
    slice: Math.min(slice, sliceCount(picture) - 1),
  });
