import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** Real FHIR R4 resources beside the repository: HL7's R4 and US Core examples, and Synthea patients. */
const FHIR_CORPUS = path.resolve(import.meta.dirname, '../../../shared/data/fhir');
export const hasFhirCorpus = existsSync(FHIR_CORPUS);

/** Every resource of the corpus, those inside Bundles included; with the set that it is from. */
export function* fhirCorpus(): Generator<{ set: string; resource: Record<string, unknown> }> {
  for (const set of readdirSync(FHIR_CORPUS)) {
    for (const file of readdirSync(path.join(FHIR_CORPUS, set), { recursive: true, encoding: 'utf8' })) {
      if (!/\.json(\.gz)?$/.test(file)) continue;
      const bytes = readFileSync(path.join(FHIR_CORPUS, set, file));
      const resource = JSON.parse((file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as unknown;
      for (const one of resourcesIn(resource)) yield { set, resource: one };
    }
  }
}

function resourcesIn(resource: unknown): Record<string, unknown>[] {
  if (typeof resource !== 'object' || resource === null) return [];
  const found = resource as { resourceType?: unknown; entry?: { resource?: unknown }[]; [element: string]: unknown };
  return found.resourceType === 'Bundle'
    ? (found.entry ?? []).flatMap((entry) => resourcesIn(entry.resource))
    : [found];
}
