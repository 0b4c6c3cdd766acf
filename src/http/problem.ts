import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { Logger } from '../logger.ts';
import { requestId } from './request-scope.ts';

/** Answers with a problem document (RFC 9457). `detail` must be safe for anybody to read. */
export function problem(response: Response, status: number, detail?: string): void {
  response
    .status(status)
    .type('application/problem+json')
    .set('cache-control', 'no-store')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: STATUS_CODES[status] ?? 'Error',
        status,
        ...(detail === undefined ? {} : { detail }),
        requestId: requestId(),
      }),
    );
}

export const notFound: RequestHandler = (_request, response) => problem(response, 404);

/** The last handler: says to the client what kind of thing went wrong, and to the log what it was. */
export const answerFault =
  (logger: Logger): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    const status = clientStatus(error);
    if (status === null) {
      logger.error({ err: error }, 'request failed');
    }
    if (response.headersSent) {
      response.destroy();
      return;
    }
    problem(response, status ?? 500);
  };

/** What express and its body parser find wrong with a request. */
function clientStatus(error: unknown): number | null {
  const status: unknown = error instanceof Error && 'status' in error ? error.status : null;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
