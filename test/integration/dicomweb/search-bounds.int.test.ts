import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DicomwebClient } from '../../../src/integrations/dicomweb/client.ts';
import { startFaultyHttpServer } from '../../support/faulty-http-server.ts';

test('a search result that is large once it is decompressed is refused, however large an image may be', async () => {
  const megabyte = Buffer.alloc(2 ** 20, ' ');
  const bomb = gzipSync(Buffer.concat(Array.from({ length: 65 }, () => megabyte)));
  const server = await startFaultyHttpServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/dicom+json', 'content-encoding': 'gzip' });
    response.end(bomb);
  });
  const client = new DicomwebClient({
    root: server.baseUrl,
    authorization: { kind: 'none' },
    allowedOrigins: [],
    timeoutMs: 20_000,
    maximumResponseBytes: 2 ** 30,
    retry: { attempts: 1, firstDelayMs: 1, maximumDelayMs: 1, sleep: () => Promise.resolve() },
    fetch,
  });
  await expect(client.searchStudies([], new AbortController().signal)).rejects.toMatchObject({ kind: 'too-large' });
  await server.close();
});
