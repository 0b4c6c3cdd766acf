import { IntegrationError } from '../../errors.ts';
import type { FhirClient } from './client.ts';
import type { ClinicalResource } from './clinical-resources.ts';
import type { FhirSettings } from './options.ts';
import { searchPages } from './search-pages.ts';
import type { SearchPage } from './search-pages.ts';

/**
 * Searches one patient's resources of one type, oldest change first, from `since` on where it is given.
 *
 * A server that is strict about a parameter it does not know answers 400. It is then asked once more with `patient` alone:
 * everything, which is more than was wanted but never less.
 */
export async function* searchClinicalResource(
  client: FhirClient,
  { type, include }: ClinicalResource,
  patientId: string,
  since: Date | null,
  settings: FhirSettings,
  signal: AbortSignal,
): AsyncGenerator<SearchPage, void, void> {
  const plain = { patient: patientId, _count: String(settings.pageSize) };
  const full = {
    ...plain,
    _sort: '_lastUpdated',
    ...(since === null ? {} : { _lastUpdated: `ge${since.toISOString()}` }),
    ...(include === null ? {} : { _include: include }),
  };
  let hasBegun = false;
  try {
    for await (const page of searchPages(client, type, client.searchUrl(type, full), settings, signal)) {
      hasBegun = true;
      yield page;
    }
  } catch (error) {
    if (hasBegun || !(error instanceof IntegrationError) || error.status !== 400) throw error;
    yield* searchPages(client, type, client.searchUrl(type, plain), settings, signal);
  }
}

/** True where the server does not offer this search at all, as opposed to failing at it. */
export function isUnsupported(error: unknown): boolean {
  return error instanceof IntegrationError && error.kind === 'http' && [400, 404, 405, 501].includes(error.status ?? 0);
}
