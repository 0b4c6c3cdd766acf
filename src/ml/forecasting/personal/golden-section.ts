const RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * Highest point of a function that rises and then falls over [low, high], by golden section (Kiefer, Proc. AMS 4, 1953) and at
 * last the top of the parabola through the best point and its neighbours.
 * @param probes evaluations, at least 2; each narrows the interval by 0.618. @returns the best point that was evaluated.
 */
export function goldenSection(
  score: (at: number) => number,
  [low, high]: readonly [number, number],
  probes: number,
): Scored {
  let [from, to] = [low, high];
  const tried: Scored[] = [];
  const probe = (at: number): Scored => {
    const found = { at, score: score(at) };
    tried.push(found);
    return found;
  };
  let left = probe(to - RATIO * (to - from));
  let right = probe(from + RATIO * (to - from));
  for (let count = 2; count < probes - 1; count += 1) {
    if (left.score >= right.score) {
      to = right.at;
      right = left;
      left = probe(to - RATIO * (to - from));
    } else {
      from = left.at;
      left = right;
      right = probe(from + RATIO * (to - from));
    }
  }
  const top = parabolaTop(tried);
  if (top !== null && top > from && top < to) probe(top);
  return tried.reduce((best, one) => (one.score > best.score ? one : best));
}

interface Scored {
  readonly at: number;
  readonly score: number;
}

/** Null where the best point is an outermost one. */
function parabolaTop(tried: readonly Scored[]): number | null {
  const sorted = tried.toSorted((a, b) => a.at - b.at);
  const best = sorted.reduce((most, one, k) => (one.score > sorted[most]!.score ? k : most), 0);
  const [a, b, c] = [sorted[best - 1], sorted[best]!, sorted[best + 1]];
  if (a === undefined || c === undefined) return null;
  const [left, right] = [(b.at - a.at) * (b.score - c.score), (b.at - c.at) * (b.score - a.score)];
  const curve = left - right;
  return curve === 0 ? null : b.at - ((b.at - a.at) * left - (b.at - c.at) * right) / (2 * curve);
}
