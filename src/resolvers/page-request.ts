import { DomainError } from '../errors.ts';
import type { Page, PageRequest } from '../twins/ports.ts';

/** The longest page that a client may ask for. */
const MAX_PAGE = 100;
const MAX_CURSOR_LENGTH = 512;

/**
 * The page that the arguments `first` and `after` ask for.
 * @throws {DomainError} INVALID_INPUT naming the argument.
 */
export function pageRequest(
  args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined },
  fallback: number,
): PageRequest {
  const first = args.first ?? fallback;
  if (first < 1 || first > MAX_PAGE) {
    throw new DomainError('INVALID_INPUT', `A page has 1 to ${MAX_PAGE} rows.`, { field: 'first' });
  }
  const after = args.after ?? null;
  if (after !== null && (after.length === 0 || after.length > MAX_CURSOR_LENGTH || after.includes('\0'))) {
    throw new DomainError('INVALID_INPUT', 'This is no cursor.', { field: 'after' });
  }
  return { first, after };
}

/** The fields that every connection has. */
export const connection = {
  edges: <T>(page: Page<T>) => page.rows,
  nodes: <T>(page: Page<T>) => page.rows.map(({ node }) => node),
  pageInfo: (page: Page<unknown>) => ({ hasNextPage: page.hasNextPage, endCursor: page.rows.at(-1)?.cursor ?? null }),
};
