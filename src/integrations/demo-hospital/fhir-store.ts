import type { Resource } from '@medplum/fhirtypes';

/** A version of a resource as the hospital wrote it down at `recordedAtMs` (epoch milliseconds). */
export interface RecordedVersion {
  readonly resource: Resource;
  readonly recordedAtMs: number;
}

/** A resource as stored: id, versionId and lastUpdated are always there. */
export type StoredResource = Resource & { readonly id: string; readonly meta: StoredMeta };
interface StoredMeta {
  readonly versionId: string;
  readonly lastUpdated: string;
}

/** Every version of every resource, in memory. */
export class FhirStore {
  readonly #versions = new Map<string, StoredResource[]>();
  readonly #keysByType = new Map<string, Set<string>>();
  #newestMs = 0;

  /** Loads what the hospital already knows; versions of one resource in the order given. */
  load(versions: readonly RecordedVersion[]): void {
    for (const { resource, recordedAtMs } of versions) {
      this.#append(resource, recordedAtMs);
    }
  }

  /**
   * Stores a new version at `nowMs`, or just after the newest change on record where that is later, so that whoever polls
   * by `_lastUpdated` always sees it.
   */
  write(resource: Resource, nowMs: number): StoredResource {
    return this.#append(resource, Math.max(nowMs, this.#newestMs + 1));
  }

  read(type: string, id: string): StoredResource | null {
    return this.#versions.get(`${type}/${id}`)?.at(-1) ?? null;
  }

  /** Oldest first; empty for an unknown resource. */
  history(type: string, id: string): readonly StoredResource[] {
    return this.#versions.get(`${type}/${id}`) ?? [];
  }

  /** The newest version of each resource of a type, in the order of their first version. */
  all(type: string): StoredResource[] {
    return [...(this.#keysByType.get(type) ?? [])].map((key) => this.#versions.get(key)!.at(-1)!);
  }

  #append(resource: Resource, atMs: number): StoredResource {
    const key = `${resource.resourceType}/${resource.id}`;
    const versions = this.#versions.get(key) ?? [];
    const stored = {
      ...resource,
      meta: {
        ...resource.meta,
        versionId: String(versions.length + 1),
        lastUpdated: new Date(atMs).toISOString(),
      },
    } as StoredResource;
    versions.push(stored);
    this.#versions.set(key, versions);
    const keys = this.#keysByType.get(resource.resourceType) ?? new Set();
    this.#keysByType.set(resource.resourceType, keys.add(key));
    this.#newestMs = Math.max(this.#newestMs, atMs);
    return stored;
  }
}
