import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ArchivedInstance, DicomArchive } from './dicom-archive.ts';
import { readBody, type RequestHandler, send } from './loopback-server.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from './mr-image.ts';
import { multipartRelated, partsOf } from './multipart-related.ts';
import { type QueryLevel, QidoRefusal, qidoSearch } from './qido-search.ts';
import { StowStore } from './stow-store.ts';

const DICOM_JSON = 'application/dicom+json';
const MOST_STOW_BYTES = 256 * 1024 * 1024;

/**
 * A DICOMweb origin server over an archive: QIDO-RS at three levels, WADO-RS of studies, series and instances with their
 * metadata, STOW-RS (PS3.18 clause 10). Objects leave with the bytes they came with; nothing is transcoded.
 */
export function dicomwebHandler(archive: DicomArchive, baseUrl: () => string): RequestHandler {
  const stow = new StowStore(archive, baseUrl);

  const store = async (study: string | null, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, MOST_STOW_BYTES);
    if (body === null) {
      send(response, 413, null);
      return;
    }
    const parts = partsOf(request.headers['content-type'] ?? '', body);
    if (parts === null) {
      send(response, 400, null);
      return;
    }
    const { status, dataset } = stow.store(parts, study);
    sendJson(response, status, dataset);
  };

  return async (request, response, url) => {
    const path = url.pathname.split('/').slice(2).map(decodeURIComponent);
    const target = targetOf(path);
    if (request.method === 'POST' && path[0] === 'studies' && path.length <= 2) {
      await store(path[1] ?? null, request, response);
    } else if (target === null) {
      send(response, 404, null);
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, null, { allow: 'GET, HEAD, POST' });
    } else {
      answer(target, archive, request, response, url.searchParams);
    }
  };
}

interface Target {
  readonly study: string | undefined;
  readonly series: string | undefined;
  readonly instance: string | undefined;
  readonly wants: QueryLevel | 'objects' | 'metadata';
}

/** `/studies/1/series` searches series of a study, `/studies/1` retrieves it, `/studies/1/metadata` describes it. */
function targetOf(path: readonly string[]): Target | null {
  const levels = { studies: 'study', series: 'series', instances: 'instance' } as const;
  const uids: { study?: string; series?: string; instance?: string } = {};
  for (let at = 0; at < path.length; at += 2) {
    const segment = path[at] ?? '';
    const { study, series, instance } = uids;
    if (segment === 'metadata' && at === path.length - 1 && at > 0) {
      return { study, series, instance, wants: 'metadata' };
    }
    if (!Object.hasOwn(levels, segment)) {
      return null;
    }
    const level = levels[segment as keyof typeof levels];
    const uid = path[at + 1];
    if (uid === undefined) {
      return { study, series, instance, wants: level };
    }
    uids[level] = uid;
  }
  const { study, series, instance } = uids;
  return study === undefined ? null : { study, series, instance, wants: 'objects' };
}

function answer(
  { study, series, instance, wants }: Target,
  archive: DicomArchive,
  request: IncomingMessage,
  response: ServerResponse,
  parameters: URLSearchParams,
): void {
  const among = archive
    .all()
    .filter(
      (one) =>
        (study === undefined || one.studyInstanceUid === study) &&
        (series === undefined || one.seriesInstanceUid === series) &&
        (instance === undefined || one.sopInstanceUid === instance),
    );
  const accept = request.headers.accept ?? '*/*';
  if (wants === 'objects') {
    retrieve(among, accept, response);
  } else if (!/\*\/\*|application\/\*|application\/(dicom\+)?json/.test(accept)) {
    send(response, 406, null);
  } else if (wants === 'metadata') {
    if (among.length === 0) {
      send(response, 404, null);
    } else {
      sendJson(
        response,
        200,
        among.map((one) => one.header()),
      );
    }
  } else {
    try {
      const results = qidoSearch(wants, among, parameters);
      if (results.length === 0) {
        send(response, 204, null);
      } else {
        sendJson(response, 200, results);
      }
    } catch (error) {
      if (!(error instanceof QidoRefusal)) {
        throw error;
      }
      send(response, 400, null);
    }
  }
}

function retrieve(instances: readonly ArchivedInstance[], accept: string, response: ServerResponse): void {
  const syntax = /transfer-syntax="?([^";,\s]+)/.exec(accept)?.[1] ?? EXPLICIT_VR_LITTLE_ENDIAN;
  const isAcceptable =
    /\*\/\*|multipart\/related(?!.*type=)|application\/dicom\b(?!\+)/.test(accept) &&
    (syntax === '*' || syntax === EXPLICIT_VR_LITTLE_ENDIAN);
  if (!isAcceptable) {
    send(response, 406, null);
  } else if (instances.length === 0) {
    send(response, 404, null);
  } else {
    send(
      response,
      200,
      multipartRelated(
        'application/dicom',
        instances.map((instance) => instance.file()),
      ),
    );
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  send(response, status, { type: DICOM_JSON, content: JSON.stringify(body) });
}
