import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { lowerFunction, openCompiled } from './compile.ts';
import { EAGER_BACKENDS, selectEagerBackend, type EagerBackendName } from './eager-backend.ts';
import { PROVIDERS, type Provider } from './providers.ts';

export interface EngineDescription {
  /** What compiled networks run in, with its version, and what TensorFlow.js computes with directly. */
  readonly engine: string;
  readonly eager: EagerBackendName;
  /** Name of the processor or the graphics device that compiled networks run on by default. */
  readonly device: string;
  /** Processor threads of this machine. */
  readonly threads: number;
  /** Providers that computed a small function rightly just now. */
  readonly providers: readonly Provider[];
  /** Why each other provider and backend is not there. */
  readonly unavailable: Readonly<Record<string, string>>;
}

let known: Promise<EngineDescription> | undefined;

/** What this machine offers to networks, each thing tried for real, once per process. */
export function describeEngine(): Promise<EngineDescription> {
  known ??= describe();
  return known;
}

async function describe(): Promise<EngineDescription> {
  const providers: Provider[] = [];
  const unavailable: Record<string, string> = {};
  for (const provider of PROVIDERS) {
    const fault = await tryProvider(provider);
    if (fault === undefined) providers.push(provider);
    else unavailable[provider] = fault;
  }
  const eager = await selectEagerBackend(EAGER_BACKENDS);
  for (const [name, reason] of Object.entries(eager.passedOver)) unavailable[`eager ${name}`] = reason;
  const all = cpus();
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json') as { version: string };
  return {
    engine: `ONNX Runtime ${version}`,
    eager: eager.name,
    device: all[0]?.model.trim() ?? 'unknown processor',
    threads: all.length,
    providers,
    unavailable,
  };
}

/** Undefined where it works, else why not. */
async function tryProvider(provider: Provider): Promise<string | undefined> {
  try {
    const model = await lowerFunction(
      ({ x }) => ({ y: x!.mul(3).sub(1) }),
      { x: { shape: [3] } },
      { isPortable: true },
    );
    const compiled = await openCompiled(model, { provider });
    const { y } = await compiled.run({ x: Float32Array.of(0, 1, 2) });
    await compiled.dispose();
    return y!.join() === '-1,2,5' ? undefined : 'it computes wrongly';
  } catch (error) {
    const { message, cause } = error as Error;
    return cause instanceof Error ? `${message}: ${firstSentence(cause.message)}` : message;
  }
}

/** Without the paths of the build machine that the runtime's messages begin with. */
function firstSentence(message: string): string {
  const text = message.split('\n')[0]!;
  return text
    .slice(text.lastIndexOf(' was false. ') + 1)
    .replace('was false. ', '')
    .slice(0, 200);
}
