import { IntegrationError } from '../../errors.ts';
import { elementsOf, textOf } from './element.ts';
import type { Element } from './element.ts';

/**
 * Where the next page of a searchset is; null on the last one. A link may be relative, may be the base itself with a
 * cursor (`base?_getpages=...`), and may start with another base that is configured to stand for this server.
 * @param bases the server's own base first, all with a slash at the end.
 * @throws {IntegrationError} off-origin when it leads anywhere else; malformed when it is no URL.
 */
export function nextLink(bundle: Element, bases: readonly string[]): string | null {
  const stated = textOf(elementsOf(bundle['link']).find((link) => link['relation'] === 'next')?.['url']);
  if (stated === null) return null;
  const own = bases[0]!;
  if (!URL.canParse(stated, own)) {
    throw new IntegrationError('malformed', 'the FHIR server sent a paging link that is no URL');
  }
  const { origin, pathname, search } = new URL(stated, own);
  const place = `${origin}${pathname}`;
  const base = bases.find((one) => place.startsWith(one) || `${place}/` === one);
  if (base === undefined) {
    throw new IntegrationError('off-origin', 'the FHIR server sent a paging link to another server');
  }
  // The base without its slash stays so: some servers page at `base?cursor` and know no `base/?cursor`.
  const rest = place.slice(base.length);
  return rest === '' ? `${place.endsWith('/') ? own : own.slice(0, -1)}${search}` : `${own}${rest}${search}`;
}
