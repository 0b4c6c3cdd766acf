import { createHash } from 'node:crypto';

/** A multipart/related body (RFC 2387) of parts of one type. */
export function multipartRelated(type: string, parts: readonly Uint8Array[]): { type: string; content: Uint8Array } {
  const hash = createHash('sha256').update(String(parts.length));
  parts.forEach((part) => hash.update(part));
  const boundary = `demo-${hash.digest('hex').slice(0, 32)}`;
  const head = Buffer.from(`--${boundary}\r\nContent-Type: ${type}\r\n\r\n`);
  const content = Buffer.concat([
    ...parts.flatMap((part) => [head, part, Buffer.from('\r\n')]),
    Buffer.from(`--${boundary}--\r\n`),
  ]);
  return { type: `multipart/related; type="${type}"; boundary=${boundary}`, content };
}

/** The parts of a multipart body; null when it is not one, has no part, or does not end with its closing boundary. */
export function partsOf(contentType: string, body: Buffer): Buffer[] | null {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (!/^multipart\/related/i.test(contentType) || boundary === undefined) {
    return null;
  }
  const mark = `--${boundary}`;
  const parts: Buffer[] = [];
  let at = body.indexOf(mark);
  while (at !== -1) {
    const after = at + mark.length;
    if (body.toString('latin1', after, after + 2) === '--') {
      return parts.length === 0 ? null : parts;
    }
    const start = body.indexOf('\r\n\r\n', after);
    const end = start === -1 ? -1 : body.indexOf(`\r\n${mark}`, start);
    if (end === -1) {
      return null;
    }
    parts.push(body.subarray(start + 4, end));
    at = end + 2;
  }
  return null;
}
