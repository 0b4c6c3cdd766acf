import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '../../errors.ts';
import type { ImagingSource, SeriesDescriptor } from '../../twins/ports.ts';
import type { DicomwebAuthorization } from './authorization.ts';
import { DicomwebClient } from './client.ts';
import { DEFAULT_DECODE_LIMITS } from './decode-instance.ts';
import { DecoderPool } from './decoder-pool.ts';
import { findSeries, findStudies, patientIdsOf } from './find-series.ts';
import type { FoundStudy } from './find-series.ts';
import { mapConcurrently } from './map-concurrently.ts';
import { retrieveSeries } from './retrieve-series.ts';
import type { RetryPolicy } from './retry.ts';

export interface DicomwebSourceOptions {
  /** The DICOMweb root, e.g. `https://pacs.example.org/dicom-web`. */
  readonly baseUrl: string;
  readonly authorization?: DicomwebAuthorization;
  /** Origins besides the root's own that images may be fetched from, where an Endpoint names them. */
  readonly allowedOrigins?: readonly string[];
  /** IssuerOfPatientID by identifier system; null where the archive leaves it empty. Other systems are not used. */
  readonly issuers: Readonly<Record<string, string | null>>;
  /** Zone of images that state none, e.g. `+01:00`. */
  readonly defaultTimeZoneOffset?: string;
  readonly timeoutMs?: number;
  /** Of one response; bounds the size of one instance. */
  readonly maximumResponseBytes?: number;
  readonly maximumVoxels?: number;
  readonly decodeThreads?: number;
  readonly decodeTimeLimitMs?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly fetch?: typeof fetch;
}

const MEBIBYTE = 1024 ** 2;
const MAXIMUM_REMEMBERED_STUDIES = 5000;
const STUDY_CONCURRENCY = 2;

/**
 * The PACS over DICOMweb (DICOM PS3.18) as an `ImagingSource`.
 *
 * Finds the patient's series with QIDO-RS, retrieves the original instances with WADO-RS, decodes them in worker
 * threads and stacks them to one volume in LPS mm. The README beside this file lists every check.
 * @throws by its methods: `IntegrationError` for the transport, `DomainError` where images cannot be trusted.
 */
export function createImagingSource(options: DicomwebSourceOptions): ImagingSource & { close(): Promise<void> } {
  const clientOptions = {
    authorization: options.authorization ?? { kind: 'none' },
    allowedOrigins: options.allowedOrigins ?? [],
    timeoutMs: options.timeoutMs ?? 60_000,
    maximumResponseBytes: options.maximumResponseBytes ?? 512 * MEBIBYTE,
    retry: {
      attempts: 3,
      firstDelayMs: 500,
      maximumDelayMs: 10_000,
      sleep: async (delayMs: number, signal: AbortSignal) => sleep(delayMs, undefined, { signal }),
      ...options.retry,
    },
    fetch: options.fetch ?? fetch,
  } as const;
  const defaultTimeZoneOffset = options.defaultTimeZoneOffset ?? '+00:00';
  const defaultClient = new DicomwebClient({ root: options.baseUrl, ...clientOptions });
  const allowed = new Set([options.baseUrl, ...clientOptions.allowedOrigins].map((address) => new URL(address).origin));
  const clients = new Map<string, DicomwebClient>();
  const decoders = new DecoderPool({
    threads: options.decodeThreads ?? 2,
    timeLimitMs: options.decodeTimeLimitMs ?? 60_000,
    limits: DEFAULT_DECODE_LIMITS,
  });
  /** Where a study was found and whose it is, for its retrieval; a series of an unknown study is asked of the root. */
  const found = new Map<string, FoundStudy>();

  const clientFor = (address: string | null): DicomwebClient => {
    if (address === null || !URL.canParse(address) || !allowed.has(new URL(address).origin)) return defaultClient;
    const root = address.replace(/\/+$/, '');
    if (root === options.baseUrl.replace(/\/+$/, '')) return defaultClient;
    const client = clients.get(root) ?? new DicomwebClient({ root, ...clientOptions });
    if (clients.size < 100) clients.set(root, client);
    return client;
  };
  const remember = (study: FoundStudy): void => {
    found.delete(study.studyInstanceUid);
    found.set(study.studyInstanceUid, study);
    for (const oldest of found.keys()) {
      if (found.size <= MAXIMUM_REMEMBERED_STUDIES) break;
      found.delete(oldest);
    }
  };

  return {
    async searchSeries(query, signal): Promise<readonly SeriesDescriptor[]> {
      const patientIds = patientIdsOf(query, options.issuers);
      const studies = await findStudies(query, patientIds, defaultClient, clientFor, signal);
      for (const study of studies) remember(study);
      const series = await mapConcurrently(studies, STUDY_CONCURRENCY, signal, async (study, signal) =>
        findSeries(study, defaultTimeZoneOffset, signal),
      );
      return series.flat();
    },

    async retrieveSeries(series, selector, signal) {
      if (series.numberOfInstances !== null && series.numberOfInstances > selector.maximumSlices) {
        throw new DomainError(
          'TOO_LARGE',
          `The series has ${series.numberOfInstances} images; ${selector.maximumSlices} are allowed.`,
        );
      }
      const study = found.get(series.studyInstanceUid);
      return retrieveSeries(series, selector, {
        client: study?.client ?? defaultClient,
        study: study?.json ?? null,
        decoders,
        defaultTimeZoneOffset,
        maximumVoxels: options.maximumVoxels ?? 256 * MEBIBYTE,
        signal,
      });
    },

    close: async () => decoders.close(),
  };
}
