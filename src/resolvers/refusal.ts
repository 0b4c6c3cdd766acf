import { DomainError, type RefusalReason } from '../errors.ts';
import { isUuid } from './loaders.ts';

/** What a client reads of a refusal. Not the error itself: the executor takes a returned error for a thrown one. */
export interface Refused {
  readonly isRefused: true;
  readonly reason: RefusalReason;
  readonly message: string;
  readonly field: string | null;
}

/**
 * The expected refusal of a use case as data; a fault is thrown on.
 * @param nameOf what the schema calls the field that the use case names.
 */
export async function orRefusal<T>(
  useCase: () => Promise<T>,
  nameOf: (field: string) => string = (field) => field,
): Promise<T | Refused> {
  try {
    return await useCase();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const { reason, message, field } = error;
    return { isRefused: true, reason, message, field: field === undefined ? null : nameOf(field) };
  }
}

/**
 * An id of ours, as the database can take it.
 * @throws {DomainError} NOT_FOUND, because nothing can have another kind of id.
 */
export function existingId(id: string, what: string, field: string): string {
  if (!isUuid(id)) {
    throw new DomainError('NOT_FOUND', `No such ${what}.`, { field });
  }
  return id.toLowerCase();
}

/** Decides between the success and the refusal of a result union. */
export const resultType =
  <Success extends string>(success: Success) =>
  (result: object): Success | 'Refusal' =>
    'isRefused' in result ? 'Refusal' : success;
