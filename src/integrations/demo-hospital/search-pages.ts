import type { Bundle } from '@medplum/fhirtypes';
import { FhirRefusal } from './fhir-refusal.ts';
import type { FhirSearchResult } from './fhir-search.ts';
import type { StoredResource } from './fhir-store.ts';

/** No page is longer, whatever `_count` asks for, so that every client has to follow `next`. */
const LONGEST_PAGE = 50;
const MOST_OPEN_SEARCHES = 500;

interface OpenSearch {
  readonly matches: readonly StoredResource[];
  readonly self: string;
  readonly pageSize: number;
  readonly includes: readonly string[];
}

/**
 * Pages of search results. The first page fixes the whole result, and `next` names it with a cursor that says nothing
 * about the query (`?_getpages=<id>&_getpagesoffset=50`), as widespread servers do; the oldest searches are forgotten.
 */
export class SearchPages {
  readonly #open = new Map<string, OpenSearch>();
  readonly #includedIn: (
    matches: readonly StoredResource[],
    includes: readonly string[],
  ) => NonNullable<Bundle['entry']>;
  #opened = 0;

  constructor(
    includedIn: (matches: readonly StoredResource[], includes: readonly string[]) => NonNullable<Bundle['entry']>,
  ) {
    this.#includedIn = includedIn;
  }

  /** The first page of a new search. @throws {FhirRefusal} 400 for a `_count` that is no number. */
  first(baseUrl: string, type: string, result: FhirSearchResult, parameters: URLSearchParams): Bundle {
    const count = parameters.get('_count') ?? '20';
    if (!/^\d{1,6}$/.test(count)) {
      throw new FhirRefusal(400, 'invalid', '_count is not a number');
    }
    const isCountOnly = parameters.get('_summary') === 'count' || Number(count) === 0;
    const self = `${baseUrl}/${type}${result.used.size > 0 ? `?${result.used.toString()}` : ''}`;
    if (isCountOnly) {
      return {
        resourceType: 'Bundle',
        type: 'searchset',
        total: result.matches.length,
        link: [{ relation: 'self', url: self }],
      };
    }
    const search: OpenSearch = {
      matches: result.matches,
      self,
      pageSize: Math.min(Number(count), LONGEST_PAGE),
      includes: parameters.getAll('_include'),
    };
    const id = `s${++this.#opened}`;
    if (search.matches.length > search.pageSize) {
      this.#open.set(id, search);
      const [oldest] = this.#open.keys();
      if (this.#open.size > MOST_OPEN_SEARCHES && oldest !== undefined) {
        this.#open.delete(oldest);
      }
    }
    return this.#page(baseUrl, id, search, 0);
  }

  /** A later page. @throws {FhirRefusal} 410 when the search was forgotten. */
  next(baseUrl: string, parameters: URLSearchParams): Bundle {
    const id = parameters.get('_getpages') ?? '';
    const search = this.#open.get(id);
    const offset = Number(parameters.get('_getpagesoffset'));
    if (search === undefined || !Number.isInteger(offset) || offset < 0) {
      throw new FhirRefusal(410, 'expired', 'this page of search results is no longer there');
    }
    return this.#page(baseUrl, id, search, offset);
  }

  #page(baseUrl: string, id: string, { matches, self, pageSize, includes }: OpenSearch, offset: number): Bundle {
    const page = matches.slice(offset, offset + pageSize);
    const end = offset + page.length;
    return {
      resourceType: 'Bundle',
      type: 'searchset',
      total: matches.length,
      link: [
        { relation: 'self', url: self },
        ...(end < matches.length
          ? [{ relation: 'next', url: `${baseUrl}?_getpages=${id}&_getpagesoffset=${end}` }]
          : []),
      ],
      entry: [
        ...page.map((resource) => ({
          fullUrl: `${baseUrl}/${resource.resourceType}/${resource.id}`,
          resource,
          search: { mode: 'match' as const },
        })),
        ...this.#includedIn(page, includes),
      ],
    };
  }
}
