import { IntegrationError } from '../../errors.ts';
import type { FhirClient } from './client.ts';
import { elementsOf } from './element.ts';
import type { Element } from './element.ts';
import { containedResource, parseReference } from './reference.ts';

/**
 * Medications and Endpoints that resources of a pull refer to: taken from the included entries of its pages, else read
 * one by one, each once.
 */
export class ReferencedResources {
  readonly #client: FhirClient;
  readonly #known = new Map<string, Element | null>();
  #readsLeft: number;

  constructor(client: FhirClient, maximumReads: number) {
    this.#client = client;
    this.#readsLeft = maximumReads;
  }

  /** What is known of a reference; null where nothing is. */
  readonly lookUp = (reference: unknown): Element | null => {
    const key = this.#keyOf(reference);
    return key === null ? null : (this.#known.get(key) ?? null);
  };

  keep(included: readonly Element[]): void {
    for (const resource of included) {
      this.#known.set(`${String(resource['resourceType'])}/${String(resource['id'])}`, resource);
    }
  }

  /**
   * Reads what the resources refer to and is not known yet. False where a read failed, or more were needed than this
   * pull may make: those stay unknown to it, and another pull must try again.
   * @throws {IntegrationError} aborted.
   */
  async resolve(resources: readonly Element[], signal: AbortSignal): Promise<boolean> {
    let isComplete = true;
    for (const resource of resources) {
      const holders = [resource, ...elementsOf(resource['series'])];
      const references = [resource['medicationReference'], ...holders.flatMap((one) => elementsOf(one['endpoint']))];
      for (const reference of references) {
        const local = parseReference(reference, this.#client.bases);
        const key = this.#keyOf(reference);
        if (local === null || key === null || this.#known.has(key) || containedResource(resource, reference)) continue;
        if (local.type !== 'Medication' && local.type !== 'Endpoint') continue;
        if (this.#readsLeft <= 0) {
          isComplete = false;
          continue;
        }
        this.#readsLeft--;
        this.#known.set(key, null);
        try {
          this.#known.set(key, (await this.#client.read(local.type, local.id, signal))?.resource ?? null);
        } catch (error) {
          if (!(error instanceof IntegrationError) || error.kind === 'aborted') throw error;
          isComplete = false;
        }
      }
    }
    return isComplete;
  }

  #keyOf(reference: unknown): string | null {
    const local = parseReference(reference, this.#client.bases);
    return local === null ? null : `${local.type}/${local.id}`;
  }
}
