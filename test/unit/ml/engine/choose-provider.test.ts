import { expect, test } from 'vitest';
import { chooseProvider } from '../../../../src/ml/engine/choose-provider.ts';
import type { Provider } from '../../../../src/ml/engine/providers.ts';

const machine = (...providers: Provider[]) => ({ providers, unavailable: { cuda: 'the library is not installed' } });

test('the processor is taken by itself where nothing else works', () => {
  expect(chooseProvider('auto', machine('cpu'))).toEqual({ provider: 'cpu', isOnlyIfFaster: false, missing: null });
});

test.each([
  [['cpu', 'webgpu'], 'webgpu'],
  [['cpu', 'webgpu', 'cuda', 'tensorrt'], 'cuda'],
  [['cpu', 'tensorrt'], 'cpu'],
] as const)('of %s, %s is taken by itself, where it is faster', (providers, provider) => {
  expect(chooseProvider('auto', machine(...providers))).toEqual({
    provider,
    isOnlyIfFaster: provider !== 'cpu',
    missing: null,
  });
});

test('what is asked for is taken, or the processor with the reason', () => {
  expect(chooseProvider('cpu', machine('cpu', 'cuda')).provider).toBe('cpu');
  expect(chooseProvider('tensorrt', machine('cpu', 'tensorrt'))).toEqual({
    provider: 'tensorrt',
    isOnlyIfFaster: false,
    missing: null,
  });
  expect(chooseProvider('cuda', machine('cpu'))).toEqual({
    provider: 'cpu',
    isOnlyIfFaster: false,
    missing: 'the library is not installed',
  });
});
