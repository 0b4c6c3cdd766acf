import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { measureCeiling, measureSpeed, type Speed } from './engine/speed.ts';
import { medianOf, type Timing } from './engine/timing.ts';
import { NETWORKS } from './engine/networks.ts';
import { compareReplicas } from './engine/replicas.ts';
import { eventLoopDelay, memoryOver, trainAndResume } from './engine/training.ts';
import { describeMachine, targetOf, type BenchReport, type BenchRow, type BenchTarget } from './report.ts';

const ROUNDS = 9;
const CEILING_ROUNDS = 40;
/** Examples that two replicas share. */
const REPLICA_BATCH = 4;
const TRAINING_STEPS = 2000;
const MEMORY_STEPS = 10_000;
/** What fragmentation and garbage that waits for its collector may take. */
const ALLOWED_GROWTH_MIB = 16;
const FORWARD_TARGET = 1.4;
const STEP_TARGETS: Readonly<Record<string, number>> = { convLstm: 1.2, vivit: 1.1 };
const CEILING_TARGET = 0.6;
const COMPILE_TARGET_MS = 2000;
const DELAY_TARGET_MS = 20;

/** Networks compiled to ONNX Runtime against eager PyTorch and eager tfjs, and what a long training does. */
export default async function benchEngine(): Promise<BenchReport> {
  const rows: BenchRow[] = [];
  const targets: BenchTarget[] = [];
  const notes = new Set<string>([
    'one thread: ratios and GFLOP/s are of processor time, which other work on the machine disturbs least; two threads: of the clock',
    'ConvLSTM: its recurrent state is an input, so that both sides do the same arithmetic; "zero state known" is what tracing removes when it is zeros',
    'a share of the ceiling above 1 says that convolutions in channel blocks run faster than the matrix product that it is measured by',
    'eager tfjs wasm has one thread under Node and lacks the kernels of convolution gradients, so that it does not train',
  ]);
  for (const threads of [1, 2]) {
    const ceiling = await measureCeiling(threads, CEILING_ROUNDS);
    rows.push(...ceiling.rows);
    for (const bench of NETWORKS) {
      const speed = await measureSpeed(bench, { threads, rounds: ROUNDS, hasWasm: threads === 1 });
      rows.push(...speed.rows);
      for (const note of speed.notes) notes.add(note);
      compare(bench.name, threads, speed, ceiling.speed);
    }
  }
  for (const { name } of NETWORKS) {
    for (const what of ['forward', 'step']) {
      rows.push({
        case: `${name}, 1 thread`,
        subject: `ours ${what}`,
        metric: 'peak memory',
        value: await peakMemory(name, what),
        unit: 'MiB',
      });
    }
  }
  for (const bench of NETWORKS) rows.push(...(await compareReplicas(bench, REPLICA_BATCH, ROUNDS)));
  await endurance();
  return { name: 'engine', machine: describeMachine(2), seeds: [1], rows, targets, notes: [...notes] };

  function compare(name: string, threads: number, { timings, operations, compileMs }: Speed, ceiling: number): void {
    const kind: keyof Timing = threads === 1 ? 'processor' : 'wall';
    const benchCase = `${name}, ${threads} thread${threads > 1 ? 's' : ''}`;
    const median = (subject: string): number | undefined => {
      const times = timings[subject];
      return times === undefined ? undefined : medianOf(times, kind);
    };
    for (const what of ['forward', 'step'] as const) {
      const ours = median(`ours ${what}`)!;
      const share = operations[what] / ours / 1e6 / ceiling;
      rows.push({ case: benchCase, subject: `ours ${what}`, metric: 'share of the ceiling', value: share, unit: '' });
      if (threads === 1 && name !== 'vivit')
        targets.push(targetOf(`${name} ${what}: share of the ceiling`, share, CEILING_TARGET, 'min'));
      const peer = median(`PyTorch ${what}`);
      if (peer !== undefined) {
        rows.push({
          case: benchCase,
          subject: `ours ${what}`,
          metric: 'speed against PyTorch',
          value: peer / ours,
          unit: 'x',
        });
        const target = what === 'forward' ? FORWARD_TARGET : STEP_TARGETS[name];
        if (threads === 1 && target !== undefined)
          targets.push(targetOf(`${name} ${what} against PyTorch`, peer / ours, target, 'min'));
        const reduced = median(`ours ${what} (zero state known)`);
        if (reduced !== undefined) {
          rows.push({
            case: benchCase,
            subject: `ours ${what} (zero state known)`,
            metric: 'speed against PyTorch',
            value: peer / reduced,
            unit: 'x',
          });
        }
      }
      if (threads === 1)
        targets.push(targetOf(`${name} ${what}: compile time, ms`, compileMs[what], COMPILE_TARGET_MS, 'max'));
    }
  }

  async function endurance(): Promise<void> {
    const { early, late } = await memoryOver(MEMORY_STEPS);
    rows.push({
      case: `${MEMORY_STEPS} steps`,
      subject: 'ours',
      metric: 'memory after a tenth',
      value: early,
      unit: 'MiB',
    });
    rows.push({
      case: `${MEMORY_STEPS} steps`,
      subject: 'ours',
      metric: 'memory at the end',
      value: late,
      unit: 'MiB',
    });
    targets.push(targetOf(`memory growth over ${MEMORY_STEPS} steps, MiB`, late - early, ALLOWED_GROWTH_MIB, 'max'));
    const { median, p99, stepMs } = await eventLoopDelay(20);
    rows.push({ case: 'training in a worker thread', subject: 'ours', metric: 'step', value: stepMs, unit: 'ms' });
    rows.push({
      case: 'training in a worker thread',
      subject: 'ours',
      metric: 'delay of the event loop, median',
      value: median,
      unit: 'ms',
    });
    targets.push(
      targetOf('delay of the event loop while a thread trains, 99th percentile, ms', p99, DELAY_TARGET_MS, 'max'),
    );
    const run = await trainAndResume(TRAINING_STEPS);
    rows.push({
      case: `${TRAINING_STEPS} steps`,
      subject: 'ours',
      metric: 'loss, mean of the first 50',
      value: run.firstLoss,
      unit: '',
    });
    rows.push({
      case: `${TRAINING_STEPS} steps`,
      subject: 'ours',
      metric: 'loss, mean of the last 50',
      value: run.lastLoss,
      unit: '',
    });
    targets.push(targetOf('losses of 50 steps, difference from eager tfjs', run.difference, 1e-3, 'max'));
    targets.push(targetOf('resumed from a checkpoint bit for bit', Number(run.isResumedExactly), 1, 'min'));
  }
}

async function peakMemory(network: string, what: string): Promise<number> {
  const script = fileURLToPath(new URL('engine/peak-memory.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, network, what]);
  return Number(stdout);
}
