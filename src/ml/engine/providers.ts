import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where ONNX Runtime computes. All but `cpu` need the libraries and the device to be there. */
export const PROVIDERS = ['cpu', 'webgpu', 'cuda', 'tensorrt'] as const;
export type Provider = (typeof PROVIDERS)[number];

/**
 * What is missing to try a provider at all, or undefined. The CUDA providers are libraries that are installed beside
 * the runtime; asking the runtime for one that is not there fills the console.
 */
export function missingForProvider(provider: Provider): string | undefined {
  if (provider !== 'cuda' && provider !== 'tensorrt') return undefined;
  const stem = `onnxruntime_providers_${provider}`;
  const library = process.platform === 'win32' ? `${stem}.dll` : `lib${stem}.so`;
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'));
  const folder = join(runtime, 'bin', 'napi-v6', process.platform, process.arch);
  return existsSync(join(folder, library)) ? undefined : `the library ${library} is not installed`;
}
