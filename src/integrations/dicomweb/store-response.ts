import { IntegrationError } from '../../errors.ts';

export interface StoreResult {
  readonly storedSopInstanceUids: readonly string[];
  /** Instances that were stored with a change by the archive (0008,1196). */
  readonly warnings: number;
}

interface StoreItem {
  readonly '00081155'?: { readonly Value?: readonly unknown[] };
  readonly '00081196'?: unknown;
}

/**
 * Reads the answer to STOW-RS (PS3.18 section 10.5.3, table I.2-1). The library resolves 202, "some failed", as success.
 * @throws {IntegrationError} partial-store where FailedSOPSequence (0008,1198) is not empty or an instance is missing.
 */
export function readStoreResponse(value: unknown, expected: number): StoreResult {
  const response = asObject(typeof value === 'string' ? parse(value) : value);
  const failed = items(response['00081198']);
  const stored = items(response['00081199']);
  if (failed.length > 0 || stored.length < expected) {
    throw new IntegrationError('partial-store', `the imaging archive stored ${stored.length} of ${expected} images`);
  }
  return {
    storedSopInstanceUids: stored.flatMap((item) => {
      const uid = item['00081155']?.Value?.[0];
      return typeof uid === 'string' ? [uid] : [];
    }),
    warnings: stored.filter((item) => item['00081196'] !== undefined).length,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new IntegrationError('malformed', 'the answer to a store request is not valid JSON');
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  // One object by the standard; some servers wrap it in an array.
  const object: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof object !== 'object' || object === null) {
    throw new IntegrationError('protocol', 'a store request was answered without saying what was stored');
  }
  return object as Readonly<Record<string, unknown>>;
}

function items(element: unknown): readonly StoreItem[] {
  if (typeof element !== 'object' || element === null || !('Value' in element)) return [];
  return Array.isArray(element.Value) ? (element.Value as readonly StoreItem[]) : [];
}
