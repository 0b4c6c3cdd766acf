import { move, transferableSymbol, valueSymbol } from 'piscina';
import { DomainError } from '../../errors.ts';
import type { RefusalReason } from '../../errors.ts';
import type { QuantitativeInstance } from './assemble-volume.ts';
import { decodeInstance } from './decode-instance.ts';
import type { DecodeLimits } from './decode-instance.ts';
import { quantitativeValues } from './quantitative-values.ts';

export interface DecodeTask {
  readonly bytes: Uint8Array;
  readonly limits: DecodeLimits;
}

/** A refusal crosses the thread as data: structured cloning would strip its class. */
export type DecodeReply =
  | ({ readonly kind: 'decoded'; readonly caveats: readonly string[] } & QuantitativeInstance)
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly message: string };

/** Runs in a worker thread. */
export default async function decodeTask({ bytes, limits }: DecodeTask): Promise<unknown> {
  try {
    const instance = await decodeInstance(bytes, limits);
    const { values, unmeasured } = quantitativeValues(instance);
    const { header, caveats } = instance;
    const reply: DecodeReply = { kind: 'decoded', header, values, unmeasured, caveats };
    // Moved, not copied, to the other thread.
    return move({ [transferableSymbol]: [values.buffer], [valueSymbol]: reply });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { kind: 'refused', reason: error.reason, message: error.message } satisfies DecodeReply;
  }
}
