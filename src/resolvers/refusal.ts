import { DomainError } from '../errors.ts';
import { isUuid } from './loaders.ts';

/** The expected refusal of a use case as data; a fault is thrown on. */
export async function orRefusal<T>(useCase: () => Promise<T>): Promise<T | DomainError> {
  try {
    return await useCase();
  } catch (error) {
    if (error instanceof DomainError) {
      return error;
    }
    throw error;
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
  (result: unknown): Success | 'Refusal' =>
    result instanceof DomainError ? 'Refusal' : success;
