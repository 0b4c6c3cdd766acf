import { spawnSync } from 'node:child_process';
import { describeEngine } from '../src/ml/engine/describe-engine.ts';
import { measureSpeed } from './engine/speed.ts';
import { medianOf } from './engine/timing.ts';
import { NETWORKS } from './engine/networks.ts';
import { describeMachine, type BenchReport, type BenchRow } from './report.ts';

const ROUNDS = 9;
/** Of the driver of NVIDIA devices; without it PyTorch has no CUDA device. */
const DEVICE_LIST = 'nvidia-smi';

/**
 * The networks of the engine's benchmark on the graphics device of this machine, against its processor and against
 * PyTorch on the same device. Needs nothing but this repository, its packages and, for the peer, PyTorch with CUDA.
 */
export default async function benchGpu(): Promise<BenchReport> {
  const { providers, unavailable, threads } = await describeEngine();
  const rows: BenchRow[] = [];
  const notes = Object.entries(unavailable).map(([name, reason]) => `${name}: ${reason}`);
  const devices = providers.filter((provider) => provider !== 'cpu');
  if (devices.length === 0) notes.push('no provider of ONNX Runtime has a graphics device here: nothing was measured');
  const torchDevice = spawnSync(DEVICE_LIST, ['-L']).status === 0 ? 'cuda' : 'cpu';
  for (const bench of devices.length === 0 ? [] : NETWORKS) {
    const cpu = await measureSpeed(bench, { threads, rounds: ROUNDS });
    rows.push(...cpu.rows);
    for (const provider of devices) {
      const gpu = await measureSpeed(bench, { threads, rounds: ROUNDS, provider, torchDevice });
      rows.push(...gpu.rows);
      notes.push(...gpu.notes);
      for (const what of ['forward', 'step']) {
        const ours = medianOf(gpu.timings[`ours ${what}`]!, 'wall');
        const against = {
          'the processor': cpu.timings[`ours ${what}`],
          [`PyTorch on ${torchDevice}`]: gpu.timings[`PyTorch ${what}`],
        };
        for (const [peer, times] of Object.entries(against)) {
          if (times === undefined) continue;
          rows.push({
            case: `${bench.name}, ${provider}`,
            subject: `ours ${what}`,
            metric: `speed against ${peer}`,
            value: medianOf(times, 'wall') / ours,
            unit: 'x',
          });
        }
      }
    }
  }
  return { name: 'gpu', machine: describeMachine(threads), seeds: [1], rows, targets: [], notes };
}
