/** A stretch of time in epoch milliseconds, `from` before or equal to `to`. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
}

/** What is left of `spans` when the time of `hole` is taken out. */
export function subtractSpan(spans: readonly TimeSpan[], hole: TimeSpan): TimeSpan[] {
  return spans.flatMap((span) => {
    if (hole.to <= span.from || hole.from >= span.to) return [span];
    return [
      { from: span.from, to: Math.max(span.from, hole.from) },
      { from: Math.min(span.to, hole.to), to: span.to },
    ].filter((rest) => rest.to > rest.from);
  });
}

/** The parts of `spans` that lie inside `window` and have a length. */
export function intersection(spans: readonly TimeSpan[], window: TimeSpan): TimeSpan[] {
  return spans
    .map((span) => ({ from: Math.max(span.from, window.from), to: Math.min(span.to, window.to) }))
    .filter((span) => span.to > span.from);
}

/** How much of the time of `spans` lies inside `window`, in milliseconds. */
export const overlapMs = (spans: readonly TimeSpan[], window: TimeSpan): number =>
  intersection(spans, window).reduce((sum, span) => sum + span.to - span.from, 0);
