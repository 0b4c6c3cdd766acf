import { useEffect, useRef } from 'preact/hooks';
import { inNumbers, withSign } from '../page/words.ts';
import { overlayColour, type OverlayKind } from './overlay.ts';

/** What the colours of an overlay mean, in the voxels' own unit. */
export function Scale({ kind, extent }: { kind: OverlayKind; extent: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element == null || context == null) return;
    for (let x = 0; x < element.width; x++) {
      const share = x / (element.width - 1);
      const [r, g, b, alpha] = overlayColour(kind, kind === 'change' ? 2 * share - 1 : share);
      context.fillStyle = '#777';
      context.fillRect(x, 0, 1, element.height);
      context.fillStyle = `rgb(${r} ${g} ${b} / ${alpha / 255})`;
      context.fillRect(x, 0, 1, element.height);
    }
  }, [kind]);
  if (extent === 0) {
    return (
      <p class="scale">
        <span>{kind === 'change' ? 'no change anywhere' : 'no uncertainty anywhere'}</span>
      </p>
    );
  }
  const [low, high] = kind === 'change' ? [withSign(-extent), withSign(extent)] : ['0', `±${inNumbers(extent)}`];
  const label = kind === 'change' ? `Change from ${low} to ${high}` : `Half of the 90 % interval from 0 to ${high}`;
  return (
    <div class="scale" role="img" aria-label={label}>
      <span>{low}</span>
      <canvas ref={canvas} width={128} height={1} />
      <span>{high}</span>
    </div>
  );
}
