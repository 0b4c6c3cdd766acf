import path from 'node:path';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { recordOfError } from '../../error-record.ts';
import type { InferenceLine, NetworkAnswer, NetworkQuestion } from './inference-thread.ts';
import { readVoxelMorph } from './voxelmorph-model.ts';
import { openVoxelMorph, type VoxelMorphNetworks } from './voxelmorph-networks.ts';

const MODELS = path.resolve(import.meta.dirname, '../../../../models');

const opened = new Map<string, Promise<VoxelMorphNetworks>>();
const ports = new Set<MessagePort>();
/** Questions are answered one after the other. */
let last: Promise<void> = Promise.resolve();

const networksOf = (model: string): Promise<VoxelMorphNetworks> => {
  const known =
    opened.get(model) ??
    readVoxelMorph(path.join(MODELS, `${model}.safetensors`)).then((weights) => openVoxelMorph(weights));
  opened.set(model, known);
  known.catch(() => opened.delete(model));
  return known;
};

async function answerTo({ model, shape, fixed, moving }: NetworkQuestion): Promise<NetworkAnswer> {
  try {
    return { ok: true, displacement: await (await networksOf(model)).run(shape, fixed, moving) };
  } catch (error) {
    return { ok: false, error: recordOfError(error) };
  }
}

async function answerAfter(earlier: Promise<void>, { port, state }: InferenceLine, question: NetworkQuestion) {
  await earlier;
  port.postMessage(await answerTo(question), []);
  Atomics.store(state, 0, 1);
  Atomics.notify(state, 0);
}

async function close(): Promise<void> {
  // Not before what is being computed has ended.
  await last;
  for (const networks of opened.values()) await (await networks).close();
  for (const port of ports) port.close();
  parentPort!.close();
}

parentPort!.on('message', (line: InferenceLine | null) => {
  if (line === null) {
    void close();
    return;
  }
  const { port } = line;
  ports.add(port);
  port.on('close', () => ports.delete(port));
  port.on('message', (question: NetworkQuestion) => {
    last = answerAfter(last, line, question);
  });
});
