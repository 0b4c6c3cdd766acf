import type { ForecastViewFragment } from '../api/operations.ts';

/** Says where a question leaves what the model has seen. */
export function OverlapNote({ overlap }: Pick<ForecastViewFragment, 'overlap'>) {
  if (overlap === null) return null;
  const share = `${Math.round(1000 * overlap.quantile) / 10} %`;
  return overlap.isOutside ? (
    <p class="note overlap" role="note">
      <strong>Extrapolation.</strong>{' '}
      {overlap.reason ?? `This question is more unusual than ${share} of what the model learned from.`}
    </p>
  ) : (
    <p>
      <small>
        This question lies within what the model has seen: it is more unusual than {share} of what it learned from.{' '}
        {overlap.reason}
      </small>
    </p>
  );
}
