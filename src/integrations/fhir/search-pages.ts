import { IntegrationError } from '../../errors.ts';
import type { FhirClient } from './client.ts';
import { asElement, elementsOf } from './element.ts';
import type { Element } from './element.ts';
import { nextLink } from './next-link.ts';
import type { FhirSettings } from './options.ts';
import { outcomeFault } from './search-outcome.ts';
import type { OutcomeFault } from './search-outcome.ts';

/** One page of a searchset, taken apart. */
export interface SearchPage {
  readonly matches: readonly Element[];
  /** Resources that the matches refer to (`_include`). */
  readonly included: readonly Element[];
  /** Why what came is not everything; null where the server has no such reservation. */
  readonly fault: OutcomeFault | null;
  readonly serverTime: Date | null;
}

/**
 * Follows a search to its last page.
 * @throws {IntegrationError} `loop` on a page seen before, `too-large` beyond the bounds, `protocol` on anything that is
 *   no searchset, `off-origin` on a link elsewhere; and what the transport throws. Pages before it were yielded.
 */
export async function* searchPages(
  client: FhirClient,
  type: string,
  firstUrl: string,
  limits: Pick<FhirSettings, 'maximumPages' | 'maximumEntries'>,
  signal: AbortSignal,
): AsyncGenerator<SearchPage, void, void> {
  const seen = new Set<string>();
  let entries = 0;
  for (let url: string | null = firstUrl; url !== null;) {
    if (seen.has(url)) throw new IntegrationError('loop', `the pages of a search for ${type} lead in a circle`);
    if (seen.size >= limits.maximumPages) {
      throw new IntegrationError('too-large', `a search for ${type} has more than ${limits.maximumPages} pages`);
    }
    seen.add(url);
    const { resource: bundle, serverTime } = await client.get(url, signal);
    if (bundle['resourceType'] !== 'Bundle' || bundle['type'] !== 'searchset') {
      throw new IntegrationError('protocol', `a search for ${type} was answered with something other than a searchset`);
    }
    const page = takeApart(type, bundle);
    entries += page.matches.length + page.included.length;
    if (entries > limits.maximumEntries) {
      throw new IntegrationError('too-large', `a search for ${type} has more than ${limits.maximumEntries} entries`);
    }
    yield { ...page, serverTime };
    url = nextLink(bundle, client.bases);
  }
}

function takeApart(type: string, bundle: Element): Omit<SearchPage, 'serverTime'> {
  const matches: Element[] = [];
  const included: Element[] = [];
  let fault: OutcomeFault | null = null;
  for (const entry of elementsOf(bundle['entry'])) {
    const resource = asElement(entry['resource']);
    if (resource === null) continue;
    const mode = asElement(entry['search'])?.['mode'];
    if (resource['resourceType'] === 'OperationOutcome') fault ??= outcomeFault(resource);
    else if (mode !== 'include' && resource['resourceType'] === type) matches.push(resource);
    else included.push(resource);
  }
  return { matches, included, fault };
}
