import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { BenchmarkCourses } from '../../src/ml/cohorts/tumour-benchmark/benchmark-courses.ts';

const answer = z.object({
  version: z.string(),
  wall: z.array(z.number()),
  processor: z.array(z.number()),
  logLikelihoodPerInterval: z.number(),
  kept: z.number(),
});
export type NumpyFit = z.infer<typeof answer>;

/** The same EM in numpy on the same patients, one thread; undefined where numpy is not installed. */
export async function fitWithNumpy(
  courses: BenchmarkCourses,
  seed: number,
  repeats: number,
): Promise<NumpyFit | undefined> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sequela-personal-'));
  try {
    writeFileSync(path.join(folder, 'volumes.f64'), courses.volumesCm3);
    writeFileSync(path.join(folder, 'chemo.f64'), courses.chemoUnits);
    writeFileSync(path.join(folder, 'radio.f64'), courses.radioGy);
    writeFileSync(path.join(folder, 'last.i32'), courses.lastDays);
    writeFileSync(path.join(folder, 'type.i32'), Int32Array.from(courses.population.types));
    const script = fileURLToPath(new URL('em_peer.py', import.meta.url));
    const options = JSON.stringify({ folder, days: courses.days, seed, repeats });
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
    for (const python of ['/usr/bin/python3', 'python3']) {
      try {
        await promisify(execFile)(python, ['-c', 'import numpy'], { env });
      } catch {
        continue;
      }
      const { stdout } = await promisify(execFile)(python, [script, options], { env });
      return answer.parse(JSON.parse(stdout));
    }
    return undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
