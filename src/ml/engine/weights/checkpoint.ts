import { ConfigurationError } from '../../../errors.ts';
import type { TrainState, TrainStep } from '../compile-train-step.ts';
import { isSameShape } from '../graph.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';

const STEP = 'step';

/** The bytes of a training state, safetensors; {@link decodeCheckpoint} continues from it bit for bit. */
export function encodeCheckpoint(
  { stateSpecs }: Pick<TrainStep, 'stateSpecs'>,
  { step, arrays }: TrainState,
): Uint8Array<ArrayBuffer> {
  const named = Object.entries(stateSpecs).map(
    ([name, { shape }]) => [name, { dtype: 'float32', shape, data: arrays[name]! }] as const,
  );
  return encodeSafetensors(new Map(named), new Map([[STEP, String(step)]]));
}

/** @throws {ConfigurationError} when the file is not usable or belongs to another training. */
export function decodeCheckpoint({ stateSpecs }: Pick<TrainStep, 'stateSpecs'>, bytes: Uint8Array): TrainState {
  const { arrays, metadata } = decodeSafetensors(bytes);
  const problems: string[] = [];
  const step = Number(metadata.get(STEP));
  if (!metadata.has(STEP) || !Number.isSafeInteger(step) || step < 0)
    problems.push('it does not say which step it is of');
  const found: Record<string, Float32Array> = {};
  for (const [name, { shape }] of Object.entries(stateSpecs)) {
    const array = arrays.get(name);
    if (array === undefined) problems.push(`array ${name} is missing`);
    else if (array.dtype !== 'float32' || !isSameShape(array.shape, shape)) {
      problems.push(`array ${name} should be float32 [${shape.join()}], found ${array.dtype} [${array.shape.join()}]`);
    } else found[name] = array.data as Float32Array;
  }
  for (const name of arrays.keys())
    if (stateSpecs[name] === undefined) problems.push(`array ${name} is not part of this training`);
  if (problems.length > 0) throw new ConfigurationError('the checkpoint does not fit this training', problems);
  return { step, arrays: found };
}
