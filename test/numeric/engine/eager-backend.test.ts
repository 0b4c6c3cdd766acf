import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EagerBackend } from '../../../src/ml/engine/eager-backend.ts';

const MODULE = new URL('../../../src/ml/engine/eager-backend.ts', import.meta.url).href;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sequela-native-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Selects in a fresh process, which looks for packages in the folder too. */
async function select(only: readonly string[]): Promise<EagerBackend> {
  const script = `import { selectEagerBackend } from ${JSON.stringify(MODULE)};
    process.stdout.write(JSON.stringify(await selectEagerBackend(${JSON.stringify(only)})));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { NODE_PATH: folder },
  });
  return JSON.parse(stdout) as EagerBackend;
}

async function install(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const home = path.join(folder, name);
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, 'package.json'), JSON.stringify({ name, version: '4.22.0', main: 'index.js' }));
  for (const [file, text] of Object.entries(files)) await writeFile(path.join(home, file), text);
}

describe('the eager backend', () => {
  test('without the native packages is a portable one, and says so', async () => {
    const { name, passedOver } = await select(['tensorflow-gpu', 'tensorflow', 'wasm', 'cpu']);
    expect(name).toBe('wasm');
    expect(passedOver).toEqual({
      'tensorflow-gpu': '@tensorflow/tfjs-node-gpu is not installed',
      tensorflow: '@tensorflow/tfjs-node is not installed',
    });
  });

  test('passes over native packages whose addon is missing, is no library, or brings another TensorFlow.js', async () => {
    await install('@tensorflow/tfjs-node-gpu', { 'index.js': "require('./tfjs_binding.node');" });
    await install('@tensorflow/tfjs-node', {
      'index.js': "require('./tfjs_binding.node');",
      'tfjs_binding.node': 'half of a download',
    });
    const broken = await select(['tensorflow-gpu', 'tensorflow', 'cpu']);
    expect(broken.name).toBe('cpu');
    expect(broken.passedOver['tensorflow-gpu']).toMatch(
      /^@tensorflow\/tfjs-node-gpu is installed but cannot be loaded; try npm rebuild @tensorflow\/tfjs-node-gpu \(Cannot find module/,
    );
    expect(broken.passedOver.tensorflow).toMatch(/^@tensorflow\/tfjs-node is installed but cannot be loaded.*\(/);

    await install('@tensorflow/tfjs-node', { 'index.js': '' });
    const apart = await select(['tensorflow', 'cpu']);
    expect(apart.passedOver.tensorflow).toMatch(/^@tensorflow\/tfjs-node has a TensorFlow\.js of its own; install/);
  });

  test('is an error with every reason where none works', async () => {
    await expect(select(['tensorflow-gpu'])).rejects.toThrow(
      /no backend of TensorFlow\.js works here \(tensorflow-gpu: /,
    );
  });
});
