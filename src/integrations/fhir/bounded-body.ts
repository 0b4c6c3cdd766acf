import { IntegrationError } from '../../errors.ts';

/**
 * Reads a body to its end, refusing it as soon as it is larger than allowed.
 * @throws {IntegrationError} too-large; network faults of the stream pass through.
 */
export async function readBoundedText(response: Response, maximumBytes: number): Promise<string> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (announced > maximumBytes) {
    await discardBody(response);
    throw tooLarge(maximumBytes);
  }
  if (response.body === null) return '';
  const decoder = new TextDecoder('utf-8');
  let size = 0;
  let text = '';
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maximumBytes) throw tooLarge(maximumBytes);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Lets go of a body that nobody will read, so that its connection is free again. */
export async function discardBody(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}

function tooLarge(maximumBytes: number): IntegrationError {
  return new IntegrationError('too-large', `the FHIR server sent more than ${maximumBytes} bytes`);
}
