import { spread, type BenchRow } from '../report.ts';

/** Milliseconds of one run: of the clock, and of the processor in all threads. */
export interface Timing {
  readonly wall: number;
  readonly processor: number;
}
export type Subjects = Readonly<Record<string, () => Promise<Timing>>>;

/** Times one run of something in this process. */
export async function timeHere(run: () => Promise<unknown>): Promise<Timing> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - start, processor: (user + system) / 1000 };
}

const WARM_UPS = 2;

/** Runs the subjects by turns, so that whatever else the machine does falls on all of them. */
export async function takeTurns(subjects: Subjects, rounds: number): Promise<Record<string, Timing[]>> {
  const timings: Record<string, Timing[]> = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = -WARM_UPS; round < rounds; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      const timing = await run();
      if (round >= 0) timings[name]!.push(timing);
    }
  }
  return timings;
}

/** Median of one kind of time. */
export function medianOf(timings: readonly Timing[], kind: keyof Timing): number {
  return spread(timings.map((timing) => timing[kind])).value;
}

/** Rows of both kinds of time. */
export function timeRows(benchCase: string, subject: string, timings: readonly Timing[]): BenchRow[] {
  const row = (kind: keyof Timing, metric: string): BenchRow => {
    const { value, low, high } = spread(timings.map((timing) => timing[kind]));
    return { case: benchCase, subject, metric, unit: 'ms', value, low, high };
  };
  return [row('wall', 'time'), row('processor', 'processor time')];
}
