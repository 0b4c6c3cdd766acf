import { useEffect, useState } from 'preact/hooks';
import type { PictureFragment, VisitViewFragment } from '../api/operations.ts';
import { Card, Chip } from '../page/parts.tsx';
import { Link } from '../page/router.tsx';
import { inDays } from '../page/words.ts';
import { DisplayControls } from '../picture/display-controls.tsx';
import { pathOf } from '../picture/display.ts';
import { Picture } from '../picture/picture.tsx';
import { describeStop, type Stop, type Twin } from './stops.ts';
import { type ImageDisplay, referenceOf } from './use-image-display.ts';

type Shown = 'aligned' | 'acquired' | 'reference';

/** Slow enough for everybody (WCAG 2.3.1), fast enough to see what moves. */
const FLICKER_MS = 600;

interface Props {
  readonly twin: Twin;
  readonly stop: Stop;
  readonly stops: readonly Stop[];
  readonly images: ImageDisplay;
}

/** The image where the slider stands; before and after its alignment, and in turn with the reference. */
export function ImageCard({ twin, stop, stops, images }: Props) {
  const [wanted, setWanted] = useState<Shown>('aligned');
  const visit = stop.kind === 'visit' ? stop.visit : null;
  const shown =
    visit === null || (wanted === 'aligned' && visit.alignedImage === null)
      ? visit === null
        ? 'aligned'
        : 'acquired'
      : wanted;
  const reference = referenceOf(twin);
  const [isFlickering, setIsFlickering] = useState(false);
  const isTurn = useTurns(isFlickering && visit !== null);
  const picture = isTurn ? reference : pictureShown(stop, shown, reference);
  const { display, usual, range, slices, views, setDisplay } = images;
  const label = `${describeStop(stop, stops)}, ${isTurn ? 'reference image' : describeShown(stop, shown)}`;
  return (
    <Card title="Image" class="image-card" aside={<Mark {...{ stop, shown: isTurn ? 'reference' : shown }} />}>
      <div>
        <figure class={`view ${stop.kind === 'forecast' ? 'predicted' : ''}`}>
          {picture === null ? (
            <p class="missing-picture">This forecast has no image.</p>
          ) : (
            <Picture
              class="linked"
              path={pathOf(picture, display)}
              label={label}
              views={views}
              onScroll={(step) =>
                setDisplay({ ...display, slice: Math.min(Math.max(display.slice + step, 0), slices - 1) })
              }
            />
          )}
          <figcaption>
            <strong>{inDays(stop.at)}</strong>
            {stop.kind === 'forecast' ? (
              <Link href={`/forecasts/${stop.forecast.id}`}>Open this forecast</Link>
            ) : (
              <span>
                Visit {stop.visit.index + 1}
                {stop.visit.isReference && ', the reference'}
              </span>
            )}
          </figcaption>
        </figure>
        {visit !== null && (
          <BeforeAfter
            {...{ visit, shown, isFlickering }}
            onShow={setWanted}
            onFlicker={() => setIsFlickering(!isFlickering)}
          />
        )}
      </div>
      <DisplayControls {...{ display, usual, range, slices, views }} onChange={setDisplay} />
    </Card>
  );
}

interface BeforeAfterProps {
  readonly visit: VisitViewFragment;
  readonly shown: Shown;
  readonly isFlickering: boolean;
  readonly onShow: (shown: Shown) => void;
  readonly onFlicker: () => void;
}

function BeforeAfter({ visit, shown, isFlickering, onShow, onFlicker }: BeforeAfterProps) {
  if (visit.isReference) return null;
  const choices: readonly (readonly [Shown, string])[] = [
    ['acquired', 'Before'],
    ['aligned', 'After'],
    ['reference', 'Reference'],
  ];
  return (
    <div class="image-bar">
      <span class="choices" role="group" aria-label="Before or after alignment">
        {choices.map(([kind, words]) => (
          <button
            key={kind}
            type="button"
            aria-pressed={shown === kind}
            disabled={kind === 'aligned' && visit.alignedImage === null}
            onClick={() => onShow(kind)}
          >
            {words}
          </button>
        ))}
      </span>
      <button
        type="button"
        aria-pressed={isFlickering}
        disabled={shown === 'reference' && !isFlickering}
        onClick={onFlicker}
      >
        {isFlickering ? 'Stop flicker' : 'Flicker with reference'}
      </button>
    </div>
  );
}

function Mark({ stop, shown }: { stop: Stop; shown: Shown }) {
  if (stop.kind === 'forecast') return <span class="chip forecast">Forecast, not acquired</span>;
  if (shown === 'reference' || stop.visit.isReference) return <Chip tone="quiet">Reference image</Chip>;
  if (shown === 'acquired') return <Chip tone="quiet">As acquired</Chip>;
  return <Chip tone="good">Acquired, aligned</Chip>;
}

function pictureShown(stop: Stop, shown: Shown, reference: PictureFragment | null): PictureFragment | null {
  if (stop.kind === 'forecast') return stop.forecast.image?.image ?? null;
  if (shown === 'reference') return reference;
  return shown === 'aligned' ? stop.visit.alignedImage : stop.visit.image;
}

function describeShown(stop: Stop, shown: Shown): string {
  if (stop.kind === 'forecast') return 'forecast image, not acquired';
  return { aligned: 'aligned to the reference', acquired: 'as acquired', reference: 'reference image' }[shown];
}

/** True every other moment while it is on. */
function useTurns(isOn: boolean): boolean {
  const [isTurn, setIsTurn] = useState(false);
  useEffect(() => {
    if (!isOn) return setIsTurn(false);
    const timer = setInterval(() => setIsTurn((before) => !before), FLICKER_MS);
    return () => clearInterval(timer);
  }, [isOn]);
  return isOn && isTurn;
}
