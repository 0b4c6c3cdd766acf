import { useMemo, useState } from 'preact/hooks';
import type { ForecastViewFragment } from '../api/operations.ts';
import { Card } from '../page/parts.tsx';
import { inDays } from '../page/words.ts';
import { DisplayControls } from '../picture/display-controls.tsx';
import { rangeOf, sliceCount, usualDisplay } from '../picture/display.ts';
import { View } from '../picture/view.tsx';
import { createLinkedViews } from '../picture/viewport.ts';

type Image = NonNullable<ForecastViewFragment['image']>;

/** Last image, predicted image, and what changes and how sure that is, moved and windowed together. */
export function ForecastPictures({ forecast, image }: { forecast: ForecastViewFragment; image: Image }) {
  const { baseline, image: predicted, change, uncertainty } = image;
  const usual = useMemo(() => usualDisplay(baseline), [baseline.sha256]);
  const [display, setDisplay] = useState(usual);
  const [isOverlaid, setIsOverlaid] = useState(true);
  const views = useMemo(createLinkedViews, []);
  const slices = sliceCount(baseline);
  const scroll = (step: number): void =>
    setDisplay({ ...display, slice: Math.min(Math.max(display.slice + step, 0), slices - 1) });
  const shared = { display, views, onScroll: scroll };
  const [last, target] = [forecast.originAt === null ? 'before' : inDays(forecast.originAt), inDays(forecast.targetAt)];
  return (
    <Card
      title="Image"
      class="pictures"
      aside={
        <label class="toggle">
          <input
            type="checkbox"
            checked={isOverlaid}
            onChange={(event) => setIsOverlaid(event.currentTarget.checked)}
          />
          Colours on
        </label>
      }
    >
      <div class="views">
        <View {...shared} picture={baseline} title="Last image" detail={last} label={`Last image of ${last}`} />
        <View
          {...shared}
          class="predicted"
          picture={predicted}
          title={image.isDeclined ? 'Declined: last image kept' : 'Predicted'}
          detail={<span class="chip forecast">Forecast, not acquired</span>}
          label={`Predicted image for ${target}: a forecast, not acquired`}
        />
        <View
          {...shared}
          class="predicted"
          picture={predicted}
          overlay={{ picture: change, kind: 'change', isShown: isOverlaid }}
          title="Predicted change"
          detail={`until ${target}`}
          label={`Predicted image for ${target} with the change since the last image in colour: a forecast, not acquired`}
        />
        {uncertainty === null ? (
          <figure class="view">
            <p class="missing-picture">This model does not say how sure it is of each place of the image.</p>
            <figcaption>
              <strong>Uncertainty</strong>
            </figcaption>
          </figure>
        ) : (
          <View
            {...shared}
            class="predicted"
            picture={predicted}
            overlay={{ picture: uncertainty, kind: 'uncertainty', isShown: isOverlaid }}
            title="Uncertainty"
            detail="half of the 90 % interval"
            label={`Predicted image for ${target} with its uncertainty in colour: a forecast, not acquired`}
          />
        )}
      </div>
      <DisplayControls {...{ display, usual, slices, views }} range={rangeOf(baseline)} onChange={setDisplay} />
    </Card>
  );
}
