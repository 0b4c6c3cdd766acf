import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { data } from 'dcmjs';
import type { DicomElements } from 'dcmjs';

/** How the server misbehaves. Each applies to the transaction that it names; the others work. */
export type DicomwebFault =
  | 'search-html'
  | 'search-half-json'
  | 'search-redirect'
  | 'search-unauthorised'
  | 'search-ignores-filter'
  | 'search-capped-pages'
  | 'search-fewer-series'
  | 'search-tells-no-sizes'
  | 'down-twice'
  | 'always-down'
  | 'rate-limited-once'
  | 'silent'
  | 'instance-missing'
  | 'instance-truncated-multipart'
  | 'instance-broken-off'
  | 'instance-empty-multipart'
  | 'instance-two-parts'
  | 'instance-html'
  | 'instance-garbage'
  | 'instance-of-another'
  | 'instance-oversize'
  | 'series-grows'
  | 'store-partial'
  | 'store-conflict'
  | 'store-empty-answer';

export interface FaultyDicomwebServer {
  readonly baseUrl: string;
  fault: DicomwebFault | null;
  /** Every request as `METHOD path?query`, in order. */
  readonly requests: string[];
  readonly authorizations: (string | undefined)[];
  add(file: Uint8Array): void;
  stop(): Promise<void>;
}

interface StoredInstance {
  readonly file: Uint8Array;
  readonly elements: DicomElements;
}

const valueOf = (elements: DicomElements, tag: string): string => {
  const value = elements[tag]?.Value?.[0];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};
const QUERY_TAGS: Readonly<Record<string, string>> = {
  PatientID: '00100020',
  IssuerOfPatientID: '00100021',
  StudyInstanceUID: '0020000D',
  AccessionNumber: '00080050',
};
const BOUNDARY = 'b0undary-5f2a7c';

/** A small DICOMweb server over real HTTP that can misbehave as real ones do. */
export async function startFaultyDicomwebServer(files: readonly Uint8Array[] = []): Promise<FaultyDicomwebServer> {
  const instances: StoredInstance[] = [];
  let failures = 0;
  let instanceLists = 0;
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    authorizations.push(request.headers.authorization);
    const send = (status: number, body: string | Uint8Array, type = 'application/dicom+json'): void => {
      response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
    };
    const { fault } = state;
    if (fault === 'silent') return;
    if (fault === 'always-down' || (fault === 'down-twice' && failures++ < 2)) return send(503, '', 'text/plain');
    if (fault === 'rate-limited-once' && failures++ < 1) {
      response.writeHead(429, { 'retry-after': '7' }).end();
      return;
    }
    if (request.method === 'POST') return store(fault, send);
    const path = url.pathname.replace('/dicom-web/', '').split('/');
    if (path.length === 6) return retrieve(path, fault, response, send);
    search(path, url.searchParams, fault, response, send);
  };

  type Send = (status: number, body: string | Uint8Array, type?: string) => void;

  const search = (
    path: string[],
    query: URLSearchParams,
    fault: DicomwebFault | null,
    response: ServerResponse,
    send: Send,
  ): void => {
    if (fault === 'search-html') return send(200, '<html>Please log in</html>', 'text/html');
    if (fault === 'search-half-json') return send(200, '[{"0020000D":', 'application/dicom+json');
    if (fault === 'search-unauthorised') return send(401, 'who are you, PATIENT^SECRET?', 'text/plain');
    if (fault === 'search-redirect') {
      response.writeHead(302, { location: 'http://127.0.0.1:1/dicom-web/studies' }).end();
      return;
    }
    const [, study, , series] = path;
    const level = path.length === 1 ? '0020000D' : path.length === 3 ? '0020000E' : '00080018';
    const matches = instances.filter(
      ({ elements }) =>
        (study === undefined || valueOf(elements, '0020000D') === study) &&
        (series === undefined || valueOf(elements, '0020000E') === series) &&
        [...query].every(
          ([name, value]) =>
            fault === 'search-ignores-filter' ||
            QUERY_TAGS[name] === undefined ||
            valueOf(elements, QUERY_TAGS[name]) === value,
        ),
    );
    const groups = new Map<string, StoredInstance[]>();
    for (const instance of matches) {
      const key = valueOf(instance.elements, level);
      groups.set(key, [...(groups.get(key) ?? []), instance]);
    }
    let results = [...groups.values()].map((group) => describe(group, fault));
    if (level === '00080018' && fault === 'series-grows' && query.get('limit') !== '1') {
      results = results.slice(0, results.length - (instanceLists++ === 0 ? 1 : 0));
    }
    const offset = Number(query.get('offset') ?? 0);
    const limit = Math.min(Number(query.get('limit') ?? 1000), fault === 'search-capped-pages' ? 2 : 1000);
    const page = results.slice(offset, offset + limit);
    if (offset + limit < results.length) response.setHeader('warning', '299 server: "There are more results"');
    send(200, JSON.stringify(page));
  };

  const describe = (group: readonly StoredInstance[], fault: DicomwebFault | null): object => {
    const tags = ['00080008', '00080016', '00080018', '00080020', '00080030', '00080050', '00080060', '0008103E'];
    tags.push('00080201', '00100020', '00100021', '0020000D', '0020000E', '00280008', '00280010', '00280011');
    const { elements } = group[0]!;
    const hidden = fault === 'search-tells-no-sizes' ? ['00280008', '00280010', '00280011'] : [];
    const present = tags.filter((tag) => elements[tag] !== undefined && !hidden.includes(tag));
    const seriesOfStudy = new Set(
      instances
        .filter((other) => valueOf(other.elements, '0020000D') === valueOf(elements, '0020000D'))
        .map((other) => valueOf(other.elements, '0020000E')),
    );
    return {
      ...Object.fromEntries(present.map((tag) => [tag, { vr: elements[tag]!.vr, Value: elements[tag]!.Value }])),
      '00201206': { vr: 'IS', Value: [seriesOfStudy.size + (fault === 'search-fewer-series' ? 1 : 0)] },
      '00201209': {
        vr: 'IS',
        Value: [fault === 'series-grows' && instanceLists === 0 ? group.length - 1 : group.length],
      },
    };
  };

  const retrieve = (path: string[], fault: DicomwebFault | null, response: ServerResponse, send: Send): void => {
    const index = instances.findIndex(({ elements }) => valueOf(elements, '00080018') === path[5]);
    const last = index === instances.length - 1;
    if (index < 0 || (fault === 'instance-missing' && last)) return send(404, '', 'text/plain');
    const instance = instances[fault === 'instance-of-another' && last ? 0 : index]!;
    const type = `multipart/related; type="application/dicom"; boundary=${BOUNDARY}`;
    const part = Buffer.concat([
      Buffer.from(`--${BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n`),
      instance.file,
      Buffer.from('\r\n'),
    ]);
    const end = Buffer.from(`--${BOUNDARY}--\r\n`);
    if (!last) return send(200, Buffer.concat([part, end]), type);
    // oxlint-disable-next-line typescript/switch-exhaustiveness-check -- any other fault is not of this transaction
    switch (fault) {
      case 'instance-truncated-multipart':
        return send(200, part.subarray(0, part.length - 40), type);
      case 'instance-broken-off':
        response.writeHead(200, { 'content-type': type, 'content-length': part.length + end.length });
        response.write(part.subarray(0, 200), () => response.destroy());
        return;
      case 'instance-empty-multipart':
        return send(200, end, type);
      case 'instance-two-parts':
        return send(200, Buffer.concat([part, part, end]), type);
      case 'instance-html':
        return send(200, '<html>Please log in</html>', 'text/html; charset=utf-8');
      case 'instance-garbage': {
        const garbage = Buffer.from(part);
        garbage.fill(0xa5, 120, part.length - 2);
        return send(200, Buffer.concat([garbage, end]), type);
      }
      case 'instance-oversize':
        // Without a length, as a chunked answer that never seems to end.
        response.writeHead(200, { 'content-type': type });
        for (let chunk = 0; chunk < 64; chunk++) response.write(Buffer.alloc(65_536));
        response.end();
        return;
      default:
        return send(200, Buffer.concat([part, end]), type);
    }
  };

  const store = (fault: DicomwebFault | null, send: Send): void => {
    const item = (tag: string) => ({ '00081155': { vr: 'UI', Value: ['1.2.3'] }, [tag]: { vr: 'US', Value: [272] } });
    if (fault === 'store-conflict')
      return send(409, JSON.stringify({ '00081198': { vr: 'SQ', Value: [item('00081197')] } }));
    if (fault === 'store-empty-answer') return send(200, '');
    const failed = fault === 'store-partial' ? { '00081198': { vr: 'SQ', Value: [item('00081197')] } } : {};
    const body = { ...failed, '00081199': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.4'] } }] } };
    send(fault === 'store-partial' ? 202 : 200, JSON.stringify(body));
  };

  const server = createServer((request, response) => {
    request.resume().on('end', () => handle(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;

  const state: FaultyDicomwebServer = {
    baseUrl: `http://127.0.0.1:${port}/dicom-web`,
    fault: null,
    requests,
    authorizations,
    add(file) {
      const { dict } = data.DicomMessage.readFile(new Uint8Array(file).buffer);
      instances.push({ file, elements: dict });
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  for (const file of files) state.add(file);
  return state;
}
