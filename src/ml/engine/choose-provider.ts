import type { EngineDescription } from './describe-engine.ts';
import { PROVIDERS, type Provider } from './providers.ts';

/** A provider by name, or whatever is fastest of what is here. */
export const PROVIDER_CHOICES = ['auto', ...PROVIDERS] as const;
export type ProviderChoice = (typeof PROVIDER_CHOICES)[number];

/** Graphics devices that `auto` tries, the first that is here. TensorRT is for who asks for it: it takes minutes to start. */
const TRIED_BY_ITSELF = ['cuda', 'webgpu'] as const satisfies readonly Provider[];

export interface ChosenProvider {
  readonly provider: Provider;
  /** True where nobody asked for this one by name: it is to show that it is faster than the processor. */
  readonly isOnlyIfFaster: boolean;
  /** Why the one that was asked for is not taken; null where it is. */
  readonly missing: string | null;
}

/** What networks are run on, by the setting and by what was found to work on this machine. */
export function chooseProvider(
  choice: ProviderChoice,
  { providers, unavailable }: Pick<EngineDescription, 'providers' | 'unavailable'>,
): ChosenProvider {
  if (choice === 'auto') {
    const provider = TRIED_BY_ITSELF.find((one) => providers.includes(one)) ?? 'cpu';
    return { provider, isOnlyIfFaster: provider !== 'cpu', missing: null };
  }
  if (providers.includes(choice)) return { provider: choice, isOnlyIfFaster: false, missing: null };
  return { provider: 'cpu', isOnlyIfFaster: false, missing: unavailable[choice] ?? 'it does not work here' };
}
