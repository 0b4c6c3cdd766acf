import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { problem } from './problem.ts';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * A server for this machine alone answers only under this machine's names. Otherwise any web page could rename itself
 * to our address (DNS rebinding) and read what the development identity may read.
 */
export function hostCheck(isLoopback: boolean): RequestHandler {
  return (request, response, next) => {
    if (isLoopback && !isLoopbackHost(request.headers.host)) {
      problem(response, 421, 'This server answers under a loopback name only.');
      return;
    }
    next();
  };
}

/** Browsers send `Origin` with a WebSocket but do not keep other origins out; programs send none. */
export function isTrustedOrigin(
  request: IncomingMessage,
  options: { readonly isLoopback: boolean; readonly allowedOrigins: readonly string[] },
): boolean {
  const { host, origin } = request.headers;
  if (options.isLoopback && !isLoopbackHost(host)) return false;
  if (origin === undefined || options.allowedOrigins.includes(origin)) return true;
  return host !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && URL.canParse(`http://${host}`) && LOOPBACK_NAMES.has(new URL(`http://${host}`).hostname);
}

/** Everything that the pages load comes from here; blobs are pictures that were fetched with a token. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'no-referrer' },
  });
}
