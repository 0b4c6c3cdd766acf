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

/** How much of the time of `spans` lies inside `window`, in milliseconds. */
export function overlapMs(spans: readonly TimeSpan[], window: TimeSpan): number {
  return spans.reduce(
    (sum, span) => sum + Math.max(0, Math.min(span.to, window.to) - Math.max(span.from, window.from)),
    0,
  );
}
