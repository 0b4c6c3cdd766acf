import { IntegrationError } from '../../errors.ts';

const malformed = (what: string) => new IntegrationError('malformed', `a multipart response ${what}`);

/**
 * The content of a multipart/related body (RFC 2387, RFC 2046 section 5.1) that must have exactly one part.
 *
 * The DICOMweb library's own reader resolves a truncated body with fewer parts, never settles on an empty one, and takes
 * the headers of the first part for all.
 * @throws {IntegrationError} truncated or malformed.
 */
export function readSinglePart(body: Buffer, contentType: string): Buffer {
  const boundary = /boundary="?([^";]{1,200})"?/i.exec(contentType)?.[1]?.trim();
  if (boundary === undefined || boundary === '') throw malformed('has no boundary');
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const lineDelimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  // An epilogue may follow the end, but no server sends a long one.
  const tail = body.subarray(Math.max(0, body.length - delimiter.length - 514));
  if (!tail.includes(`--${boundary}--`, 0, 'latin1')) {
    throw new IntegrationError('truncated', 'a multipart response ends before its last boundary');
  }
  const first = body.indexOf(delimiter);
  // A preamble may come before the first boundary.
  const headers = first + delimiter.length;
  if (first > 1000 || isEnd(body, headers)) throw malformed('has no parts');
  const start = body.indexOf('\r\n\r\n', headers, 'latin1');
  if (start < 0 || start - headers > 4000) throw malformed('has a part without headers');
  const end = body.indexOf(lineDelimiter, start + 2);
  if (end < 0) throw malformed('has a part without an end');
  if (!isEnd(body, end + lineDelimiter.length)) throw malformed('has several parts where one was asked for');
  return body.subarray(start + 4, Math.max(start + 4, end));
}

const isEnd = (body: Buffer, at: number): boolean => body[at] === 0x2d && body[at + 1] === 0x2d;
