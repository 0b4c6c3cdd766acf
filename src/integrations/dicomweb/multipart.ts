import { IntegrationError } from '../../errors.ts';

const CRLF = Buffer.from('\r\n');

/**
 * Proves that a multipart/related body (RFC 2387, RFC 2046 section 5.1) arrived whole: the DICOMweb library resolves a
 * truncated one with fewer parts and never settles on an empty one.
 * @param expectedParts number of parts that the request asks for; null where any number but none is right.
 * @throws {IntegrationError} truncated or malformed.
 */
export function requireWholeMultipart(body: Buffer, contentType: string, expectedParts: number | null): void {
  const boundary = /boundary="?([^";]{1,200})"?/i.exec(contentType)?.[1]?.trim();
  if (boundary === undefined || boundary === '')
    throw new IntegrationError('malformed', 'a multipart response has no boundary');
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const terminator = Buffer.concat([delimiter, Buffer.from('--')]);
  // An epilogue is allowed but no server sends a long one.
  const tail = body.subarray(Math.max(0, body.length - terminator.length - 512));
  if (!tail.includes(terminator)) {
    throw new IntegrationError('truncated', 'a multipart response ends before its last boundary');
  }
  let parts = 0;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, at + delimiter.length)) {
    const after = body.subarray(at + delimiter.length, at + delimiter.length + 2);
    if (after.equals(CRLF)) parts++;
    else if (after.toString('latin1') === '--') break;
  }
  if (parts === 0) throw new IntegrationError('malformed', 'a multipart response has no parts');
  if (expectedParts !== null && parts !== expectedParts) {
    throw new IntegrationError('malformed', `a multipart response has ${parts} parts, ${expectedParts} expected`);
  }
}
