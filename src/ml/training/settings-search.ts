/** One candidate with how it did when it was last tried. */
export interface Tried<Settings> {
  readonly name: string;
  readonly settings: Settings;
  readonly steps: number;
  /** Of validation; lower is better. */
  readonly loss: number;
}

export interface SearchOptions<Settings> {
  readonly candidates: Readonly<Record<string, Settings>>;
  /** Trains a candidate for so many steps and gives its validation loss. */
  readonly judge: (candidate: { readonly name: string; readonly settings: Settings }, steps: number) => Promise<number>;
  /** Steps of the first round; twice as many in each that follows. */
  readonly steps: number;
  readonly budgetMs: number;
  /** Milliseconds of a clock. */
  readonly now: () => number;
}

/**
 * Searches settings within a time budget by successive halving (Jamieson and Talwalkar 2016): all candidates are trained a
 * little, the better half twice as long, and so on, until one is left or the time is over. A training that was begun is ended, so
 * that the budget can be exceeded by one.
 * @returns all that were tried at their longest, those that were tried longer first, then by loss.
 */
export async function searchSettings<Settings>(options: SearchOptions<Settings>): Promise<readonly Tried<Settings>[]> {
  const { candidates, judge, budgetMs, now } = options;
  const started = now();
  const results = new Map<string, Tried<Settings>>();
  let open = Object.entries(candidates).map(([name, settings]) => ({ name, settings }));
  for (let steps = options.steps; open.length > 0; steps *= 2) {
    const round: Tried<Settings>[] = [];
    for (const candidate of open) {
      if (now() - started >= budgetMs) break;
      const loss = await judge(candidate, steps);
      round.push({ ...candidate, steps, loss: Number.isNaN(loss) ? Infinity : loss });
    }
    for (const tried of round) results.set(tried.name, tried);
    // A round that was cut short says nothing of those that it did not reach.
    if (round.length < open.length || open.length === 1) break;
    const better = round.toSorted((a, b) => a.loss - b.loss).slice(0, Math.ceil(round.length / 2));
    open = better.map(({ name, settings }) => ({ name, settings }));
  }
  return [...results.values()].toSorted((a, b) => b.steps - a.steps || a.loss - b.loss);
}
