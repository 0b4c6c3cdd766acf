const RATIO = (Math.sqrt(5) - 1) / 2;

/**
 * Highest point of a function that rises and then falls over [low, high], by golden section (Kiefer, Proc. AMS 4, 1953).
 * @param probes evaluations, at least 2; each narrows the interval by 0.618. @returns the best point that was evaluated.
 */
export function goldenSection(
  score: (at: number) => number,
  [low, high]: readonly [number, number],
  probes: number,
): { readonly at: number; readonly score: number } {
  let [from, to] = [low, high];
  const probe = (at: number): { at: number; score: number } => ({ at, score: score(at) });
  let left = probe(to - RATIO * (to - from));
  let right = probe(from + RATIO * (to - from));
  for (let count = 2; count < probes; count += 1) {
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
  return left.score >= right.score ? left : right;
}
